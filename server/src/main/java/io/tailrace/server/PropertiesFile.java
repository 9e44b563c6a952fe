package io.tailrace.server;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** A file of {@code key=value} lines in the format of {@link Properties}, with line numbers. */
final class PropertiesFile {

  /** One setting; {@code line} is that where it begins, from 1. */
  record Property(String name, String value, int line) {}

  private PropertiesFile() {}

  /**
   * Reads all settings in their order, in UTF-8.
   *
   * @throws StartException if the file can't be read or a line can't be understood
   */
  static List<Property> read(Path file) {
    try {
      return parse(file, Files.readAllLines(file));
    } catch (NoSuchFileException e) {
      throw new StartException("config file " + file + " is not there");
    } catch (AccessDeniedException e) {
      throw new StartException("config file " + file + " may not be read by this user");
    } catch (CharacterCodingException e) {
      throw new StartException("config file " + file + " is not text in UTF-8");
    } catch (IOException e) {
      throw new StartException("config file " + file + ": " + e.getMessage());
    }
  }

  /** Reads lines; {@code file} is for messages. */
  static List<Property> parse(Path file, List<String> lines) throws IOException {
    List<Property> properties = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      int first = i;
      StringBuilder whole = new StringBuilder(lines.get(i));
      while (isContinued(whole) && i + 1 < lines.size()) {
        whole.append('\n').append(lines.get(++i));
      }
      add(properties, file, first + 1, whole.toString());
    }
    return properties;
  }

  /** Leaves what a line means to the JDK, by handing it one logical line at a time. */
  private static void add(List<Property> properties, Path file, int line, String text)
      throws IOException {
    Properties one = new Properties();
    try {
      one.load(new StringReader(text));
    } catch (IllegalArgumentException e) {
      throw new StartException(file + ":" + line + ": " + e.getMessage());
    }
    for (String name : one.stringPropertyNames()) {
      properties.add(new Property(name, one.getProperty(name), line));
    }
  }

  private static boolean isContinued(CharSequence line) {
    int start = 0;
    while (start < line.length() && " \t\f".indexOf(line.charAt(start)) >= 0) {
      start++;
    }
    if (start < line.length() && (line.charAt(start) == '#' || line.charAt(start) == '!')) {
      return false;
    }
    int backslashes = 0;
    while (backslashes < line.length() && line.charAt(line.length() - 1 - backslashes) == '\\') {
      backslashes++;
    }
    return backslashes % 2 == 1;
  }
}
