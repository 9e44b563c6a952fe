package io.tailrace.broker.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameInputTest {
  private static final int MAX = 8 << 20;

  private final BufferPool pool = new BufferPool();
  private final InputBudget budget = new InputBudget(64 << 20);
  private final FrameInput input = new FrameInput(null, pool, budget, MAX);
  private final List<byte[]> frames = new ArrayList<>();

  @Test
  void framesCutAtEveryByteComeOutWhole() throws IOException {
    byte[][] sent = {bytes(1), bytes(3), bytes(40)};
    byte[] stream = stream(sent);
    for (int cut = 0; cut <= stream.length; cut++) {
      for (int second = cut; second <= stream.length; second++) {
        frames.clear();
        turn(stream, 0, cut);
        turn(stream, cut, second);
        turn(stream, second, stream.length);
        assertThat(frames).containsExactly(sent);
      }
    }
    assertThat(pool.usedBytes()).isZero();
  }

  @Test
  void framesOfAnySizeCutAnywhereComeOutWhole() throws IOException {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      byte[][] sent = new byte[1 + random.nextInt(12)][];
      for (int i = 0; i < sent.length; i++) {
        sent[i] = bytes(1 + random.nextInt(1 << (1 + random.nextInt(21))));
      }
      byte[] stream = stream(sent);
      frames.clear();
      for (int from = 0; from < stream.length; ) {
        int to = Math.min(stream.length, from + 1 + random.nextInt(1 << random.nextInt(22)));
        turn(stream, from, to);
        from = to;
      }
      assertThat(frames).as("seed %d", seed).containsExactly(sent);
      assertThat(pool.usedBytes()).as("seed %d", seed).isZero();
      assertThat(budget.usedBytes()).as("seed %d", seed).isZero();
    }
  }

  @Test
  void aLargeFrameTakesOneBufferOfItsSize() throws IOException {
    byte[] stream = stream(new byte[5_000_000]);
    turn(stream, 0, 100);
    assertThat(pool.usedBytes()).isEqualTo(stream.length);
    turn(stream, 100, 2_000_000);
    assertThat(pool.usedBytes()).isEqualTo(stream.length);
    turn(stream, 2_000_000, stream.length);
    assertThat(frames).hasSize(1);
    assertThat(pool.usedBytes()).isZero();
  }

  @Test
  void aSmallRestKeepsOnlyASmallBuffer() throws IOException {
    byte[] full = stream(bytes(60_000), bytes(60_000), bytes(60_000), bytes(60_000), bytes(60_000));
    for (int i = 0; i < 10; i++) {
      turn(full, 0, full.length);
    }
    byte[] stream = stream(bytes(200_000), bytes(10));
    turn(stream, 0, stream.length - 2);
    assertThat(frames).hasSize(51);
    assertThat(pool.usedBytes()).isEqualTo(BufferPool.SMALLEST);
  }

  @Test
  void severalMediumFramesComeInOneRead() throws IOException {
    byte[] stream = stream(bytes(66_000), bytes(66_000), bytes(66_000), bytes(66_000));
    for (int i = 0; i < 5; i++) {
      turn(stream, 0, stream.length);
    }
    frames.clear();
    int reads = turn(stream, 0, stream.length);
    assertThat(reads).isEqualTo(1);
    assertThat(frames).hasSize(4);
  }

  @Test
  void lengthsThatAreNoneAreRefused() throws IOException {
    for (int length : new int[] {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, MAX + 1}) {
      byte[] bad = ByteBuffer.allocate(8).putInt(length).array();
      FrameInput hostile = new FrameInput(null, pool, budget, MAX);
      hostile.read(new Chunk(bad, 0, bad.length));
      assertThatThrownBy(hostile::next)
          .isInstanceOf(FrameException.class)
          .hasMessageContaining(String.valueOf(length));
      hostile.settle(0);
      hostile.close();
    }
    assertThat(pool.usedBytes()).isZero();
  }

  @Test
  void aFrameThatFindsNoRoomWaitsInItsSmallBuffer() throws IOException {
    InputBudget tight = new InputBudget(3 << 19);
    assertThat(tight.reserve(InputBudgetTest.connection(tight), 1 << 20)).isTrue();
    FrameInput waiting = new FrameInput(InputBudgetTest.connection(tight), pool, tight, MAX);
    byte[] stream = stream(bytes(700_000), bytes(500_000));
    waiting.read(new Chunk(stream, 0, 1000));
    waiting.settle(0);
    assertThat(waiting.awaitsBudget()).isTrue();
    assertThat(waiting.retryBudget(0)).isFalse();
    assertThat(pool.usedBytes()).isEqualTo(BufferPool.SMALLEST);
    tight.release(1 << 20);
    assertThat(waiting.retryBudget(0)).isTrue();
    int end = stream.length - stream(bytes(500_000)).length;
    waiting.read(new Chunk(stream, 1000, stream.length));
    assertThat(waiting.next()).isEqualTo(ByteBuffer.wrap(stream, 4, end - 4));
    // No byte of the next frame: it might have to wait, and must hold nothing then.
    assertThat(waiting.hasRest()).isFalse();
    waiting.settle(0);
    assertThat(tight.usedBytes()).isZero();
  }

  @Test
  void whoClosesWhileWaitingLeavesTheLine() throws IOException {
    InputBudget tight = new InputBudget(3 << 20);
    assertThat(tight.reserve(InputBudgetTest.connection(tight), 1 << 20)).isTrue();
    FrameInput waiting = new FrameInput(InputBudgetTest.connection(tight), pool, tight, MAX);
    waiting.read(new Chunk(stream(bytes(2_500_000)), 0, 1000));
    waiting.settle(0);
    assertThat(tight.hasWaiting()).isTrue();
    waiting.close();
    assertThat(tight.hasWaiting()).isFalse();
    assertThat(pool.usedBytes()).isZero();
  }

  /** Gives a part of the stream to the input, as turns of a loop would; reads that took. */
  private int turn(byte[] stream, int from, int to) throws IOException {
    Chunk chunk = new Chunk(stream, from, to);
    int reads = 0;
    while (chunk.bytes.hasRemaining()) {
      input.read(chunk);
      reads++;
      for (ByteBuffer frame = input.next(); frame != null; frame = input.next()) {
        byte[] copy = new byte[frame.remaining()];
        frame.get(copy);
        frames.add(copy);
      }
      input.settle(0);
    }
    return reads;
  }

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static byte[] stream(byte[]... frames) {
    int size = 0;
    for (byte[] frame : frames) {
      size += 4 + frame.length;
    }
    ByteBuffer stream = ByteBuffer.allocate(size);
    for (byte[] frame : frames) {
      stream.putInt(frame.length).put(frame);
    }
    return stream.array();
  }

  private record Chunk(ByteBuffer bytes) implements ReadableByteChannel {
    Chunk(byte[] stream, int from, int to) {
      this(ByteBuffer.wrap(stream, from, to - from));
    }

    @Override
    public int read(ByteBuffer target) {
      int n = Math.min(target.remaining(), bytes.remaining());
      ByteBuffer part = bytes.slice(bytes.position(), n);
      bytes.position(bytes.position() + n);
      target.put(part);
      return n;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
