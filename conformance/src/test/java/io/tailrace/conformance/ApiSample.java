package io.tailrace.conformance;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/**
 * A request of one API that can be sent in every version of a range, and what its answer says.
 *
 * @param errors the error codes in the answer, wherever in it they are, NONE left out
 */
record ApiSample(
    ApiKeys api,
    String name,
    int firstVersion,
    int lastVersion,
    Request request,
    Set<Errors> errors,
    Check check) {

  /** Makes the request for a version. */
  interface Request {
    ApiMessage of(short version);
  }

  /** Looks at an answer more closely. */
  interface Check {
    void accept(short version, ApiMessage response);
  }

  static ApiSample of(ApiKeys api, String name, Request request) {
    return new ApiSample(
        api, name, 0, Short.MAX_VALUE, request, EnumSet.noneOf(Errors.class), (v, r) -> {});
  }

  ApiSample since(int version) {
    return new ApiSample(api, name, version, lastVersion, request, errors, check);
  }

  ApiSample until(int version) {
    return new ApiSample(api, name, firstVersion, version, request, errors, check);
  }

  ApiSample fails(Errors... expected) {
    Set<Errors> all = EnumSet.copyOf(Arrays.asList(expected));
    return new ApiSample(api, name, firstVersion, lastVersion, request, all, check);
  }

  <T extends ApiMessage> ApiSample checks(Class<T> type, TypedCheck<T> typed) {
    return new ApiSample(
        api,
        name,
        firstVersion,
        lastVersion,
        request,
        errors,
        (version, response) -> typed.accept(version, type.cast(response)));
  }

  boolean hasVersion(int version) {
    return version >= firstVersion && version <= lastVersion;
  }

  /** A {@link Check} of one type of response. */
  interface TypedCheck<T extends ApiMessage> {
    void accept(short version, T response);
  }
}
