"""A consumer in a group with librdkafka (confluent_kafka), which prints what GroupMember.java says.

Arguments: bootstrap servers, group, topic, session timeout and heartbeat interval in ms, assignor.
"""

import signal
import sys

from confluent_kafka import Consumer, KafkaException

bootstrap, group, topic, session_ms, heartbeat_ms, assignor = sys.argv[1:]
leaving = False
owned = set()


def say(*words):
    print(*words, flush=True)


def leave(signum, frame):
    global leaving
    leaving = True


def say_owned():
    say("owns", ",".join(str(p) for p in sorted(owned)))


def commit(last):
    """last: nobody will commit these records later."""
    sys.stdout.flush()
    try:
        consumer.commit(asynchronous=False)
    except KafkaException as e:
        if e.args[0].name() not in ("_NO_OFFSET", "REBALANCE_IN_PROGRESS") or (last and e.args[0].name() != "_NO_OFFSET"):
            say("lost", e)


def assigned(_, partitions):
    owned.update(p.partition for p in partitions)
    say_owned()


def revoked(_, partitions):
    commit(True)
    owned.difference_update(p.partition for p in partitions)
    say_owned()


def lost(_, partitions):
    say("lost", partitions)
    owned.difference_update(p.partition for p in partitions)
    say_owned()


signal.signal(signal.SIGTERM, leave)
consumer = Consumer({
    "bootstrap.servers": bootstrap, "group.id": group, "enable.auto.commit": False, "auto.offset.reset": "earliest",
    "session.timeout.ms": int(session_ms), "heartbeat.interval.ms": int(heartbeat_ms), "fetch.wait.max.ms": 50,
    "reconnect.backoff.max.ms": 100, "partition.assignment.strategy": assignor})
consumer.subscribe([topic], on_assign=assigned, on_revoke=revoked, on_lost=lost)
while not leaving:
    # One at a time: a rebalance may come into the middle of a list, and its callback would commit
    # records that have not been printed.
    r = consumer.poll(0.05)
    if r is None:
        commit(False)
    elif r.error():
        say("error", r.error())
    else:
        print("record", r.partition(), r.offset(), r.key().decode(), r.value().decode())
consumer.close()
say("closed")
