package io.tailrace.metadata;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map whose changed copies share structure: the entries lie in 1024 small hash maps,
 * and a change copies only those it touches (one put among 100,000 entries: 100 of them). Safe for
 * use by many threads.
 */
final class ShardedMap<K, V> {
  private static final int SHARD_BITS = 10;

  private final Map<K, V>[] shards;
  private final int size;

  private ShardedMap(Map<K, V>[] shards, int size) {
    this.shards = shards;
    this.size = size;
  }

  static <K, V> ShardedMap<K, V> empty() {
    @SuppressWarnings({"unchecked", "rawtypes"})
    Map<K, V>[] shards = new Map[1 << SHARD_BITS];
    Arrays.fill(shards, Map.of());
    return new ShardedMap<>(shards, 0);
  }

  @Nullable V get(K key) {
    return shards[shardOf(key)].get(key);
  }

  int size() {
    return size;
  }

  /** Entries in the fullest shard: what the smallest change copies at most. */
  int largestShard() {
    return Arrays.stream(shards).mapToInt(Map::size).max().orElse(0);
  }

  /** All values, in no particular order. */
  Iterable<V> values() {
    return () -> Arrays.stream(shards).flatMap(shard -> shard.values().stream()).iterator();
  }

  /** All entries, in no particular order. */
  Iterator<Map.Entry<K, V>> entries() {
    return Arrays.stream(shards).flatMap(shard -> shard.entrySet().stream()).iterator();
  }

  Builder<K, V> change() {
    return new Builder<>(this);
  }

  /** A hash map picks its bucket by the low bits of the hash, so the shard goes by other bits. */
  private static int shardOf(Object key) {
    return (key.hashCode() * 0x9E3779B9) >>> (Integer.SIZE - SHARD_BITS);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ShardedMap<?, ?> map && Arrays.equals(shards, map.shards);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(shards);
  }

  @Override
  public String toString() {
    return Arrays.toString(shards);
  }

  /** Collects changes to a map for one new map. For one thread, and for one {@link #build}. */
  static final class Builder<K, V> {
    private final ShardedMap<K, V> base;
    private Map<K, V>[] shards;
    private int size;

    private Builder(ShardedMap<K, V> base) {
      this.base = base;
      this.shards = base.shards;
      this.size = base.size;
    }

    @Nullable V get(K key) {
      return shards[shardOf(key)].get(key);
    }

    void put(K key, V value) {
      if (writableShard(key).put(key, value) == null) {
        size++;
      }
    }

    @Nullable V remove(K key) {
      if (get(key) == null) {
        return null;
      }
      size--;
      Map<K, V> shard = writableShard(key);
      V removed = shard.remove(key);
      if (shard.isEmpty()) {
        // 1024 empty hash maps would be 150 KB.
        shards[shardOf(key)] = Map.of();
      }
      return removed;
    }

    private Map<K, V> writableShard(K key) {
      if (shards == base.shards) {
        shards = base.shards.clone();
      }
      int shard = shardOf(key);
      if (shards[shard] == base.shards[shard] || shards[shard].isEmpty()) {
        shards[shard] = new HashMap<>(shards[shard]);
      }
      return shards[shard];
    }

    ShardedMap<K, V> build() {
      return shards == base.shards ? base : new ShardedMap<>(shards, size);
    }
  }
}
