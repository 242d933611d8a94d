/** The figures of the lock's protocol, all shorter by as much as the lease. */
import { type LockTiming, protocolTiming } from "#src/layers/node/files/lock/timing.ts"

export const shorterTiming = (leaseMillis = protocolTiming.lease): LockTiming => {
  const scale = leaseMillis / protocolTiming.lease
  const { beat, credit, lease, look, touch } = protocolTiming
  return { beat: beat * scale, lease: lease * scale, look: look * scale, credit: credit * scale, touch: touch * scale }
}
