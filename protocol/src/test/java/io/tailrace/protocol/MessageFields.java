package io.tailrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.common.Uuid;

/** The fields of messages through their accessors, by reflection. */
final class MessageFields {
  private static final Map<Class<?>, List<String>> NAMES = new HashMap<>();
  private static final Map<String, Method> METHODS = new HashMap<>();

  private MessageFields() {}

  /** Checks that Kafka's message has the same values under the same names. */
  static void assertSame(String path, Object ours, Object kafkas) {
    switch (ours) {
      case null -> assertThat(kafkas).as(path).isNull();
      case Message message -> {
        assertThat(kafkas).as(path).isNotNull();
        for (String name : names(message.getClass())) {
          assertSame(path + "." + name, get(message, name), get(kafkas, name));
        }
      }
      case List<?> list -> {
        Collection<?> others = (Collection<?>) kafkas;
        assertThat(list).as(path).hasSize(others.size());
        Iterator<?> other = others.iterator();
        for (int i = 0; i < list.size(); i++) {
          assertSame(path + "[" + i + "]", list.get(i), other.next());
        }
      }
      default -> assertThat(plain(kafkas)).as(path).isEqualTo(plain(ours));
    }
  }

  /** Ours and Kafka's types for the same value, as one type that has equals. */
  private static Object plain(Object value) {
    return switch (value) {
      case UUID id -> new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
      case MemoryRecords records -> records.buffer();
      case org.apache.kafka.common.record.internal.MemoryRecords records -> records.buffer();
      case ByteBuffer bytes -> {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(bytes.position(), copy);
        yield boxed(copy);
      }
      case byte[] array -> boxed(array);
      case short[] array -> boxed(array);
      case int[] array -> boxed(array);
      case long[] array -> boxed(array);
      case null, default -> value;
    };
  }

  private static List<Object> boxed(Object array) {
    List<Object> list = new ArrayList<>();
    for (int i = 0; i < Array.getLength(array); i++) {
      list.add(Array.get(array, i));
    }
    return list;
  }

  /** A copy made with the setters. */
  static Object copy(Object value) {
    return switch (value) {
      case Message message -> {
        Object copy = MessageType.newInstance(message.getClass());
        for (String name : names(message.getClass())) {
          assertThat(set(copy, name, copy(get(message, name)))).isSameAs(copy);
        }
        yield copy;
      }
      case List<?> list -> new ArrayList<>(list.stream().map(MessageFields::copy).toList());
      case null, default -> value;
    };
  }

  private static List<String> names(Class<?> message) {
    return NAMES.computeIfAbsent(
        message,
        _ ->
            Arrays.stream(message.getDeclaredFields())
                .filter(field -> !Modifier.isStatic(field.getModifiers()) && !field.isSynthetic())
                .map(Field::getName)
                .toList());
  }

  private static Object get(Object message, String name) {
    return invoke(message, name, 0);
  }

  private static Object set(Object message, String name, Object value) {
    return invoke(message, name, 1, value);
  }

  private static Object invoke(Object message, String name, int parameters, Object... arguments) {
    Class<?> type = message.getClass();
    Method method =
        METHODS.computeIfAbsent(
            type.getName() + "." + name + parameters,
            _ ->
                Arrays.stream(type.getMethods())
                    .filter(m -> m.getName().equals(name) && m.getParameterCount() == parameters)
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(type + " lacks " + name)));
    try {
      return method.invoke(message, arguments);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(method.toString(), e);
    }
  }
}
