package io.tailrace.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ShardedMapTest {

  @Test
  void everyVersionKeepsWhatItHadWhenItWasBuilt() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<ShardedMap<String, Integer>> versions = new ArrayList<>();
    List<Map<String, Integer>> models = new ArrayList<>();
    versions.add(ShardedMap.empty());
    models.add(Map.of());
    for (int i = 0; i < 300; i++) {
      Map<String, Integer> model = new HashMap<>(models.getLast());
      ShardedMap.Builder<String, Integer> builder = versions.getLast().change();
      for (int change = random.nextInt(30); change > 0; change--) {
        String key = "k" + random.nextInt(2000);
        if (random.nextInt(3) == 0) {
          assertThat(builder.remove(key)).as("seed %d", seed).isEqualTo(model.remove(key));
        } else {
          builder.put(key, i);
          model.put(key, i);
        }
        assertThat(builder.get(key)).isEqualTo(model.get(key));
      }
      versions.add(builder.build());
      models.add(model);
    }
    for (int i = 0; i < versions.size(); i++) {
      Map<String, Integer> found = new HashMap<>();
      versions.get(i).entries().forEachRemaining(it -> found.put(it.getKey(), it.getValue()));
      assertThat(found).as("seed %d, version %d", seed, i).isEqualTo(models.get(i));
      assertThat(versions.get(i).size()).isEqualTo(models.get(i).size());
      for (int key = 0; key < 2000; key++) {
        assertThat(versions.get(i).get("k" + key)).isEqualTo(models.get(i).get("k" + key));
      }
    }
  }

  @Test
  void equalsByContentWhateverTheHistory() {
    ShardedMap.Builder<String, Integer> there = ShardedMap.<String, Integer>empty().change();
    there.put("a", 1);
    there.put("b", 2);
    ShardedMap.Builder<String, Integer> andBack = there.build().change();
    andBack.remove("b");
    ShardedMap.Builder<String, Integer> direct = ShardedMap.<String, Integer>empty().change();
    direct.put("a", 1);
    assertThat(andBack.build()).isEqualTo(direct.build());
  }

  @Test
  void nothingChangedIsTheSameMap() {
    ShardedMap<String, Integer> map = ShardedMap.empty();
    ShardedMap.Builder<String, Integer> builder = map.change();
    assertThat(builder.remove("absent")).isNull();
    assertThat(builder.build()).isSameAs(map);
  }

  @Test
  void entriesSpreadOverTheShards() {
    ShardedMap.Builder<String, Integer> builder = ShardedMap.<String, Integer>empty().change();
    for (int i = 0; i < 100_000; i++) {
      builder.put("topic-" + i, i);
    }
    // 98 on average.
    assertThat(builder.build().largestShard()).isLessThan(400);
  }
}
