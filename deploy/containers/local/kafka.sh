#!/bin/sh
set -eu
settings=/mnt/shared/config/server.properties
# shellcheck disable=SC2086  # several options in one variable, as the official image takes them
java() { exec /opt/java/bin/java $KAFKA_HEAP_OPTS -XX:TieredStopAtLevel=1 -XX:+UseSerialGC \
    -Dlog4j2.configurationFile=/opt/log4j2.properties -cp '/opt/jars/*' "$@"; }
if [ ! -e /var/lib/kafka/data/meta.properties ]; then
    (java kafka.tools.StorageTool format --cluster-id "$CLUSTER_ID" --config "$settings")
fi
java kafka.Kafka "$settings"
