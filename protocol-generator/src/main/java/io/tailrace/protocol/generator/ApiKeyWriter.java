package io.tailrace.protocol.generator;

import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Writes the enum of all APIs that Kafka still has. */
final class ApiKeyWriter {
  private static final int API_VERSIONS = 18;

  private record Api(MessageSpec request, MessageSpec response) {
    String constant() {
      String name = request.name().substring(0, request.name().length() - "Request".length());
      return name.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
    }
  }

  private final JavaSource out = new JavaSource();
  private final Map<Integer, Api> apis = new TreeMap<>();

  private ApiKeyWriter(Collection<MessageSpec> messages) {
    for (MessageSpec request : messages) {
      if (request.kind().equals("request") && !request.isRemoved()) {
        apis.put(request.apiKey(), new Api(request, responseTo(request, messages)));
      }
    }
  }

  static String write(Collection<MessageSpec> messages, String packageName, String messagePackage) {
    return new ApiKeyWriter(messages).file(packageName, messagePackage);
  }

  private static MessageSpec responseTo(MessageSpec request, Collection<MessageSpec> messages) {
    for (MessageSpec message : messages) {
      if (message.kind().equals("response") && message.apiKey() == request.apiKey()) {
        if (!message.validVersions().equals(request.validVersions())) {
          throw new IllegalArgumentException(message.name() + " differs in validVersions");
        }
        return message;
      }
    }
    throw new IllegalArgumentException("Nothing answers " + request.name());
  }

  private String file(String packageName, String messagePackage) {
    out.line("// Generated from Kafka's message schemas. Changes here are lost.");
    out.line("package " + packageName + ";").blank();
    for (Api api : apis.values()) {
      out.line("import " + messagePackage + "." + api.request.name() + ";");
      out.line("import " + messagePackage + "." + api.response.name() + ";");
    }
    out.line("import org.jspecify.annotations.Nullable;").blank();
    out.line("/** The requests of the protocol; those that Kafka has removed are not in it. */");
    out.line("public enum ApiKey {");
    constants();
    out.blank().line("private static final @Nullable ApiKey[] BY_ID = byId();").blank();
    for (String field : new String[] {"id", "lowestVersion", "highestVersion"}) {
      out.line("private final short " + field + ";");
    }
    out.line("private final short flexibleRequests;");
    out.line("private final short flexibleResponseHeaders;");
    constructor();
    lookup();
    accessor("id", "");
    accessor("lowestVersion", "Lowest version the schemas describe.");
    accessor("highestVersion", "Highest version that is stable; a codec may know a later one.");
    headerVersion("request", "flexibleRequests", 2);
    headerVersion("response", "flexibleResponseHeaders", 1);
    factory("Request", true);
    factory("Response", false);
    return out.line("}").toString();
  }

  private void constants() {
    int left = apis.size();
    for (Api api : apis.values()) {
      MessageSpec request = api.request;
      // So that a client can read the answer to a version the broker does not know (KIP-511).
      VersionRange flexibleHeaders =
          request.apiKey() == API_VERSIONS ? VersionRange.NONE : api.response.flexibleVersions();
      out.line(
          "%s(%d, %d, %d, %d, %d)%s"
              .formatted(
                  api.constant(),
                  request.apiKey(),
                  request.validVersions().lowest(),
                  request.highestStableVersion(),
                  first(request.flexibleVersions()),
                  first(flexibleHeaders),
                  --left == 0 ? ";" : ","));
    }
  }

  private static int first(VersionRange versions) {
    return versions.isEmpty() ? Short.MAX_VALUE : versions.lowest();
  }

  private void constructor() {
    out.blank();
    out.line(
        "ApiKey(int id, int lowest, int highest, int flexibleRequests, int flexibleHeaders) {");
    out.line("this.id = (short) id;");
    out.line("this.lowestVersion = (short) lowest;");
    out.line("this.highestVersion = (short) highest;");
    out.line("this.flexibleRequests = (short) flexibleRequests;");
    out.line("this.flexibleResponseHeaders = (short) flexibleHeaders;");
    out.line("}");
  }

  private void lookup() {
    int highest = apis.keySet().stream().mapToInt(Integer::intValue).max().orElseThrow();
    out.blank().line("private static @Nullable ApiKey[] byId() {");
    out.line("@Nullable ApiKey[] keys = new ApiKey[" + (highest + 1) + "];");
    out.line("for (ApiKey key : values()) {").line("keys[key.id] = key;").line("}");
    out.line("return keys;").line("}").blank();
    out.doc("The API with this id, or null if there is none.");
    out.line("public static @Nullable ApiKey forId(int id) {");
    out.line("return id < 0 || id >= BY_ID.length ? null : BY_ID[id];");
    out.line("}");
  }

  private void accessor(String name, String words) {
    out.blank().doc(words).line("public short " + name + "() {");
    out.line("return " + name + ";").line("}");
  }

  private void headerVersion(String what, String firstFlexible, int flexibleVersion) {
    out.blank().line("public short " + what + "HeaderVersion(short version) {");
    out.line(
        "return (short) (version >= %s ? %d : %d);"
            .formatted(firstFlexible, flexibleVersion, flexibleVersion - 1));
    out.line("}");
  }

  private void factory(String what, boolean request) {
    out.blank().line("public Message new" + what + "() {");
    out.line("return switch (this) {");
    for (Api api : apis.values()) {
      String name = request ? api.request.name() : api.response.name();
      out.line("case " + api.constant() + " -> new " + name + "();");
    }
    out.line("};").line("}");
  }
}
