package io.tailrace.coordinator.differential;

import io.tailrace.coordinator.group.GroupCodec;
import io.tailrace.coordinator.runtime.CoordinatorLog.Entry;
import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.protocol.Message;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Messages as lines {@code path = value}, to be compared one by one. Lists count as sets: no list
 * of these messages has a meaning in its order; a struct in a list is named by what tells it from
 * the others (a member by its id, a partition by its index).
 */
final class Canonical {
  private static final List<String> NAMES =
      List.of("memberId", "topicId", "name", "topicName", "topic", "groupId", "partitionIndex");
  private static final Map<Class<?>, List<Method>> FIELDS = new ConcurrentHashMap<>();

  private Canonical() {}

  static TreeMap<String, String> of(String path, Message message) {
    TreeMap<String, String> lines = new TreeMap<>();
    add(lines, path, message);
    return lines;
  }

  /** Records of one step: what each key was set to, in the order in which it was. */
  static TreeMap<String, String> of(List<Entry> records) {
    TreeMap<String, String> lines = new TreeMap<>();
    GroupCodec codec = new GroupCodec();
    for (Entry entry : records) {
      ByteBuffer value = entry.value() == null ? null : ByteBuffer.wrap(entry.value());
      CoordinatorRecord record = codec.decode(ByteBuffer.wrap(entry.key()), value);
      if (record == null) {
        lines.put(free(lines, "record " + hex(entry.key())), hex(entry.value()));
      } else {
        String path = free(lines, "record " + record.key());
        lines.put(path, record.value() == null ? "gone" : "v" + record.valueVersion());
        add(lines, path, record.value());
      }
    }
    return lines;
  }

  private static String free(TreeMap<String, String> lines, String path) {
    String free = path;
    for (int i = 2; lines.containsKey(free); i++) {
      free = path + "#" + i;
    }
    return free;
  }

  private static String hex(byte[] bytes) {
    return bytes == null ? "null" : HexFormat.of().formatHex(bytes);
  }

  private static void add(TreeMap<String, String> lines, String path, Object value) {
    switch (value) {
      case Message message -> {
        for (Method field : fields(message.getClass())) {
          add(lines, path + "." + field.getName(), get(field, message));
        }
      }
      case List<?> list when !list.isEmpty() && list.getFirst() instanceof Message ->
          addAll(lines, path, list);
      case List<?> list ->
          lines.put(path, list.stream().map(String::valueOf).sorted().toList() + "");
      case int[] ints -> {
        int[] sorted = ints.clone();
        Arrays.sort(sorted);
        lines.put(path, Arrays.toString(sorted));
      }
      case byte[] bytes -> addBytes(lines, path, bytes);
      case null, default -> lines.put(path, String.valueOf(value));
    }
  }

  /** The order of the topics in an assignment means nothing either. */
  private static void addBytes(TreeMap<String, String> lines, String path, byte[] bytes) {
    Message assignment = path.endsWith("ssignment") ? Wire.assignment(bytes) : null;
    if (assignment == null) {
      lines.put(path, hex(bytes));
    } else {
      lines.put(path, "v" + bytes[1]);
      add(lines, path, assignment);
    }
  }

  private static void addAll(TreeMap<String, String> lines, String path, List<?> list) {
    lines.put(path + ".size", String.valueOf(list.size()));
    list.stream()
        .sorted(Comparator.comparing(String::valueOf))
        .forEach(element -> {
          String name = path + "[" + name((Message) element) + "]";
          String free =
              lines.ceilingKey(name) != null && lines.ceilingKey(name).startsWith(name)
                  ? name + "*" + lines.size()
                  : name;
          add(lines, free, element);
        });
  }

  private static String name(Message message) {
    for (String name : NAMES) {
      for (Method field : fields(message.getClass())) {
        Object value = field.getName().equals(name) ? get(field, message) : null;
        if (value != null && !value.equals("") && !value.equals(new UUID(0, 0))) {
          return value.toString();
        }
      }
    }
    return "";
  }

  private static List<Method> fields(Class<?> type) {
    return FIELDS.computeIfAbsent(
        type,
        message ->
            Arrays.stream(message.getDeclaredMethods())
                .filter(method -> method.getParameterCount() == 0)
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .filter(method -> !method.getName().equals("toString"))
                .toList());
  }

  private static Object get(Method field, Message message) {
    try {
      return field.invoke(message);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
