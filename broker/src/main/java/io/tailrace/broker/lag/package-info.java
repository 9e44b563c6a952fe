/** How far consumer groups are behind. */
@NullMarked
package io.tailrace.broker.lag;

import org.jspecify.annotations.NullMarked;
