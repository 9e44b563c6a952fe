package io.tailrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;

class ApiKeyTest {
  @Test
  void hasKafkasApisAndStableVersions() {
    for (ApiKeys kafka : ApiKeys.values()) {
      ApiKey ours = ApiKey.forId(kafka.id);
      if (kafka.latestVersion() < 0) {
        assertThat(ours).as("removed " + kafka).isNull();
        continue;
      }
      assertThat(ours).isNotNull();
      assertThat(ours.name()).isEqualTo(kafka.name());
      assertThat(ours.id()).isEqualTo(kafka.id);
      assertThat(ours.lowestVersion()).as(kafka.name).isEqualTo(kafka.oldestVersion());
      assertThat(ours.highestVersion()).as(kafka.name).isEqualTo(kafka.latestVersion(false));
      for (short version = kafka.oldestVersion(); version <= kafka.latestVersion(); version++) {
        assertThat(ours.requestHeaderVersion(version))
            .as(kafka.name)
            .isEqualTo(kafka.requestHeaderVersion(version));
        assertThat(ours.responseHeaderVersion(version))
            .as(kafka.name)
            .isEqualTo(kafka.responseHeaderVersion(version));
      }
    }
    assertThat(ApiKey.values())
        .hasSize((int) Arrays.stream(ApiKeys.values()).filter(k -> k.latestVersion() >= 0).count());
  }

  @Test
  void makesTheMessagesOfItsApi() throws Exception {
    for (ApiKey key : ApiKey.values()) {
      for (Message message : new Message[] {key.newRequest(), key.newResponse()}) {
        assertThat(message.getClass().getField("API_KEY").getShort(null)).isEqualTo(key.id());
      }
      assertThat(key.newRequest().getClass().getSimpleName()).endsWith("Request");
      assertThat(key.newResponse().getClass().getSimpleName()).endsWith("Response");
    }
  }

  @Test
  void knowsNoOtherIds() {
    for (int id : new int[] {Integer.MIN_VALUE, -1, 4, 7, 93, Integer.MAX_VALUE}) {
      assertThat(ApiKey.forId(id)).isNull();
    }
  }
}
