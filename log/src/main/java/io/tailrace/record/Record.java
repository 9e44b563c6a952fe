package io.tailrace.record;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One record, with its absolute offset and its timestamp in ms. */
@SuppressWarnings("JavaLangClash") // Kafka's own term
public record Record(
    long offset,
    long timestamp,
    @Nullable ByteBuffer key,
    @Nullable ByteBuffer value,
    List<RecordHeader> headers) {}
