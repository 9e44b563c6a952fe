package io.tailrace.broker.api;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** What the broker knows of one connection. Used only on the connection's event loop. */
public final class ClientSession {
  private final InetAddress address;
  private final String host;
  private final String listener;
  private final List<Runnable> closeActions = new ArrayList<>(1);
  private String softwareName = "unknown";
  private String softwareVersion = "unknown";

  /**
   * @param address the client's address
   * @param listener name of the listener it came in by; answers name the broker's endpoint there
   */
  public ClientSession(InetAddress address, String listener) {
    this.address = address;
    this.host = "/" + address.getHostAddress();
    this.listener = listener;
  }

  public InetAddress address() {
    return address;
  }

  /** The client's address as Kafka writes it in groups. */
  String host() {
    return host;
  }

  public String listener() {
    return listener;
  }

  /** Name of the client library (KIP-511), "unknown" before ApiVersions v3. */
  public String softwareName() {
    return softwareName;
  }

  public String softwareVersion() {
    return softwareVersion;
  }

  void software(String name, String version) {
    softwareName = name;
    softwareVersion = version;
  }

  /** Runs {@code action} when the connection ends, unless it is {@link #forget forgotten} first. */
  void onClose(Runnable action) {
    closeActions.add(action);
  }

  void forget(Runnable action) {
    closeActions.remove(action);
  }

  /** The connection has ended. */
  public void closed() {
    List<Runnable> actions = List.copyOf(closeActions);
    closeActions.clear();
    actions.forEach(Runnable::run);
  }
}
