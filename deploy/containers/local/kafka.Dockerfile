# Kafka from the jars and the Java of the embedded stack, where no registry gives the official image: it
# reads its settings in the same place.
ARG PYTHON_IMAGE=python:3.11-slim-bookworm
FROM ${PYTHON_IMAGE}
RUN useradd --no-log-init --uid 1000 --no-create-home kafka \
    && install --directory --owner=kafka /var/lib/kafka /var/lib/kafka/data
COPY java-runtime /opt/java
COPY jars /opt/jars
COPY log4j2.properties kafka.sh /opt/
USER 1000
ENTRYPOINT ["/bin/sh", "/opt/kafka.sh"]
