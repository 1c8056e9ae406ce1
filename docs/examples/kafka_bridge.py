"""Passes events on from an agency's own Kafka to Referral Watch. Needs kafka-python alone.

    python kafka_bridge.py

The environment says it all: INTAKE, TOKEN, KAFKA (host:port), TOPIC, GROUP. Every message of TOPIC
is one CloudEvent as JSON. A message is done with only when intake has stored it, or has refused it
for good: then it goes, as it was, to the topic TOPIC.refused with the status in a header, for a
person to look at. Only after that is its offset committed: killed at any point it goes on where it
was, and what is sent twice counts once. While intake is away it waits; nothing is skipped or lost.
"""

import os
import signal
import time
import urllib.error
import urllib.request

from kafka import KafkaConsumer, KafkaProducer, OffsetAndMetadata, TopicPartition

LATER = (401, 429, 500, 502, 503, 504)
"""Not this message's fault: the same one again later. A token that has run out is such a case."""


def post(event, longest=60):
    """Send one event until it is stored or refused for good; return the status."""
    request = urllib.request.Request(os.environ["INTAKE"] + "/v1/events", event)
    request.add_header("Authorization", "Bearer " + os.environ["TOKEN"])
    request.add_header("Content-Type", "application/cloudevents+json")
    pause = 1
    while True:
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status
        except urllib.error.HTTPError as refused:
            if refused.code not in LATER:
                return refused.code
            print("intake says", refused.code, "and is asked again")
            pause = max(pause, int(refused.headers.get("Retry-After", 0)))
        except OSError:
            print("intake is away, and is asked again")
        time.sleep(pause)
        pause = min(2 * pause, longest)


def main():
    """Pass messages on until told to stop."""
    topic, servers = os.environ["TOPIC"], os.environ["KAFKA"]
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=servers,
        group_id=os.environ["GROUP"],
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_poll_records=1,
        session_timeout_ms=10_000,  # when a bridge has died, the next takes over after this long
    )
    refused = KafkaProducer(bootstrap_servers=servers, acks="all")
    try:
        for message in consumer:
            status = post(message.value or b"")
            if status >= 400:
                print("refused with", status, "at offset", message.offset)
                headers = [("status", str(status).encode())]
                refused.send(topic + ".refused", message.value, message.key, headers).get(30)
            place = TopicPartition(message.topic, message.partition)
            consumer.commit({place: OffsetAndMetadata(message.offset + 1, "", -1)})
    except KeyboardInterrupt:
        print("stopped")
    finally:
        consumer.close()
        refused.close()


if __name__ == "__main__":
    main()
