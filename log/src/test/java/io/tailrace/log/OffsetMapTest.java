package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class OffsetMapTest {
  private final KeyHash hash = new KeyHash(1, 2);

  private KeyHash of(long key) {
    hash.hash(ByteBuffer.allocate(Long.BYTES).putLong(0, key));
    return hash;
  }

  @Test
  void agreesWithAPlainMap() {
    for (long seed = 0; seed < 20; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int slots = random.nextInt(2, 300);
      OffsetMap map = OffsetMap.of(slots * OffsetMap.SLOT_BYTES, 0.9, Long.MAX_VALUE);
      Map<Long, Long> plain = new HashMap<>();
      for (long offset = 0; !map.isFull(); offset++) {
        long key = random.nextLong(slots);
        map.put(of(key), offset);
        plain.put(key, offset);
      }
      assertThat(map.size()).as("seed %d", seed).isEqualTo(Math.max(1, slots * 9 / 10));
      for (long key = 0; key < slots; key++) {
        assertThat(map.get(of(key)))
            .as("seed %d", seed)
            .isEqualTo(plain.getOrDefault(key, OffsetMap.NONE));
      }
    }
  }

  @Test
  void hasRoomForAllKeysThatThereCanBeButNoMoreThanItsBudget() {
    OffsetMap three = OffsetMap.of(1 << 20, 0.9, 3);
    for (int key = 0; key < 3; key++) {
      assertThat(three.isFull()).isFalse();
      three.put(of(key), key);
    }
    OffsetMap small = OffsetMap.of(10 * OffsetMap.SLOT_BYTES, 0.5, 1_000_000);
    for (int key = 0; key < 5; key++) {
      small.put(of(key), key);
    }
    assertThat(small.isFull()).isTrue();
    small.put(of(4), 5);
    assertThat(small.get(of(4))).isEqualTo(5);
    assertThatThrownBy(() -> small.put(of(5), 6)).isInstanceOf(IllegalStateException.class);
  }
}
