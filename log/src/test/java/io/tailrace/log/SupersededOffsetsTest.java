package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.BitSet;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SupersededOffsetsTest {
  private static final long FIRST = (1L << 40) + 13;

  @Test
  void agreesWithAPlainSet() {
    for (long seed = 0; seed < 50; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int count = random.nextInt(1, 500);
      SupersededOffsets offsets =
          new SupersededOffsets(FIRST, count, Long.MAX_VALUE, Arena.ofAuto());
      BitSet plain = new BitSet();
      for (int i = 0; i < 2 * count; i++) {
        int added = random.nextInt(count);
        offsets.add(FIRST + added);
        plain.set(added);
      }
      for (int i = 0; i < count; i++) {
        assertThat(offsets.covers(FIRST + i)).as("seed %d", seed).isTrue();
        assertThat(offsets.contains(FIRST + i)).as("seed %d", seed).isEqualTo(plain.get(i));
        int to = random.nextInt(i, count);
        assertThat(offsets.containsAll(FIRST + i, FIRST + to))
            .as("seed %d", seed)
            .isEqualTo(plain.nextClearBit(i) > to);
      }
      offsets.clear();
      assertThat(offsets.containsAll(FIRST, FIRST)).isFalse();
    }
  }

  @Test
  void knowsNothingOfWhatItHasNoRoomFor() {
    SupersededOffsets offsets =
        new SupersededOffsets(FIRST, Long.MAX_VALUE - FIRST, 23, Arena.ofAuto());
    for (long offset : new long[] {0, FIRST - 1, FIRST + 128, Long.MAX_VALUE, -1}) {
      offsets.add(offset);
      assertThat(offsets.covers(offset)).isFalse();
      assertThat(offsets.contains(offset)).isFalse();
    }
    offsets.add(FIRST + 127);
    assertThat(offsets.contains(FIRST + 127)).isTrue();
    assertThat(offsets.containsAll(FIRST + 127, FIRST + 128)).isFalse();
    assertThat(new SupersededOffsets(FIRST, 100, 7, Arena.ofAuto()).covers(FIRST)).isFalse();
  }
}
