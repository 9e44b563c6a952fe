"""A consumer in a group with python-kafka, which prints what GroupMember.java says.

Arguments: bootstrap servers, group, topic, session timeout and heartbeat interval in ms.
"""

import signal
import sys

from kafka import ConsumerRebalanceListener, KafkaConsumer
from kafka.errors import CommitFailedError, KafkaError

bootstrap, group, topic, session_ms, heartbeat_ms = sys.argv[1:]
leaving = False


def say(*words):
    print(*words, flush=True)


def leave(signum, frame):
    global leaving
    leaving = True


def commit():
    sys.stdout.flush()
    try:
        consumer.commit()
    except (CommitFailedError, KafkaError) as e:
        say("lost", repr(e))


class Listener(ConsumerRebalanceListener):
    def on_partitions_revoked(self, revoked):
        if revoked:
            commit()
        say("owns")

    def on_partitions_assigned(self, assigned):
        say("owns", ",".join(str(p.partition) for p in assigned))


signal.signal(signal.SIGTERM, leave)
consumer = KafkaConsumer(
    bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False, auto_offset_reset="earliest",
    session_timeout_ms=int(session_ms), heartbeat_interval_ms=int(heartbeat_ms),
    reconnect_backoff_max_ms=100, retry_backoff_ms=50)
consumer.subscribe([topic], listener=Listener())
while not leaving:
    polled = consumer.poll(timeout_ms=100)
    for records in polled.values():
        for r in records:
            print("record", r.partition, r.offset, r.key.decode(), r.value.decode())
    if polled:
        commit()
consumer.close(autocommit=False)
say("closed")
