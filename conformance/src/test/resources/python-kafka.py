"""python-kafka against the broker at argv[1]: admin, producer, consumer with assigned partitions.

Ends with an AssertionError where the broker does something else than Apache Kafka would.
"""

import sys

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient, NewPartitions, NewTopic
from kafka.errors import TopicAlreadyExistsError

BOOTSTRAP = sys.argv[1]
TOPIC = "python"
RECORDS = 999  # as many in each of three partitions


def administer():
    admin = KafkaAdminClient(bootstrap_servers=BOOTSTRAP)
    admin.create_topics([NewTopic(TOPIC, 2, 1, topic_configs={"retention.ms": "86400000"})])
    try:
        admin.create_topics([NewTopic(TOPIC, 2, 1)])
        raise AssertionError("created twice")
    except TopicAlreadyExistsError:
        pass
    admin.create_partitions({TOPIC: NewPartitions(3)})
    (description,) = admin.describe_topics([TOPIC])
    assert len(description["partitions"]) == 3, description
    (configs,) = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, TOPIC)])
    values = {entry[0]: entry[1] for entry in configs.resources[0][4]}
    assert values["retention.ms"] == "86400000", values
    admin.create_topics([NewTopic("python-doomed", 1, 1)])
    admin.delete_topics(["python-doomed"])
    assert "python-doomed" not in admin.list_topics()
    assert len(admin.describe_cluster()["brokers"]) == 1
    admin.close()


def produce(codec):
    producer = KafkaProducer(bootstrap_servers=BOOTSTRAP, acks="all", linger_ms=20, compression_type=codec)
    answers = [
        producer.send(TOPIC, value(i), key(i), headers=[("codec", str(codec).encode())],
                      partition=i % 3, timestamp_ms=1_000_000 + i)
        for i in range(RECORDS)
    ]
    producer.flush()
    offsets = [answer.get(timeout=10).offset for answer in answers]
    assert offsets[3] == offsets[0] + 1, offsets[:4]
    producer.close()
    return offsets[0]


def key(i):
    return None if i % 7 == 0 else b"key-%d" % i


def value(i):
    return b"value-%d-" % i + b"x" * (i % 200)


def consume(codec, first):
    consumer = KafkaConsumer(bootstrap_servers=BOOTSTRAP, consumer_timeout_ms=10_000)
    partitions = [TopicPartition(TOPIC, p) for p in range(3)]
    consumer.assign(partitions)
    for partition in partitions:
        consumer.seek(partition, first)
    seen = {}
    for record in consumer:
        i = (record.offset - first) * 3 + record.partition
        assert record.value == value(i) and record.key == key(i), record
        assert record.timestamp == 1_000_000 + i, record
        assert record.headers == [("codec", str(codec).encode())], record
        seen[i] = True
        if len(seen) == RECORDS:
            break
    assert len(seen) == RECORDS, len(seen)
    ends = consumer.end_offsets(partitions)
    assert sum(ends.values()) == 3 * first + RECORDS, ends
    assert set(consumer.beginning_offsets(partitions).values()) == {0}
    found = consumer.offsets_for_times({partitions[0]: 1_000_000})[partitions[0]]
    assert (found.offset, found.timestamp) == (0, 1_000_000), found
    consumer.close()


administer()
for codec in (None, "gzip"):
    consume(codec, produce(codec))
print("done")
