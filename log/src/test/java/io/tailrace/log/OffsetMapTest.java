package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class OffsetMapTest {
  private final KeyHash hash = new KeyHash(1, 2);

  private HashedKeys of(long key, long offset) {
    HashedKeys one = new HashedKeys();
    hash.hash(ByteBuffer.allocate(Long.BYTES).putLong(0, key));
    one.add(hash, offset, 0);
    return one;
  }

  private long put(OffsetMap map, long key, long offset) {
    return map.put(of(key, offset), 0);
  }

  private long get(OffsetMap map, long key) {
    return map.get(of(key, 0), 0);
  }

  @Test
  void agreesWithAPlainMap() {
    for (long seed = 0; seed < 20; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int slots = random.nextInt(2, 300);
      OffsetMap map =
          OffsetMap.of(slots * OffsetMap.SLOT_BYTES, 0.9, Long.MAX_VALUE, Arena.ofAuto());
      Map<Long, Long> plain = new HashMap<>();
      for (long offset = 0; !map.isFull(); offset++) {
        long key = random.nextLong(slots);
        Long before = plain.put(key, offset);
        assertThat(put(map, key, offset)).isEqualTo(before == null ? OffsetMap.NONE : before);
      }
      assertThat(map.size()).as("seed %d", seed).isEqualTo(Math.max(1, slots * 9 / 10));
      for (long key = 0; key < slots; key++) {
        assertThat(get(map, key))
            .as("seed %d", seed)
            .isEqualTo(plain.getOrDefault(key, OffsetMap.NONE));
      }
    }
  }

  @Test
  void hasRoomForAllKeysThatThereCanBeButNoMoreThanItsBudget() {
    OffsetMap three = OffsetMap.of(1 << 20, 0.9, 3, Arena.ofAuto());
    for (int key = 0; key < 3; key++) {
      assertThat(three.isFull()).isFalse();
      put(three, key, key);
    }
    OffsetMap small = OffsetMap.of(10 * OffsetMap.SLOT_BYTES, 0.5, 1_000_000, Arena.ofAuto());
    for (int key = 0; key < 5; key++) {
      put(small, key, key);
    }
    assertThat(small.isFull()).isTrue();
    put(small, 4, 5);
    assertThat(get(small, 4)).isEqualTo(5);
    assertThatThrownBy(() -> put(small, 5, 6)).isInstanceOf(IllegalStateException.class);
  }
}
