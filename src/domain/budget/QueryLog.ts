/**
 * What is known of the queries of a project, and the one step that changes it. Pure: every engine runs this, or (as a script
 * inside of Redis) the same, in one atomic step by a clock of its own.
 */

/**
 * How many queries a project may send, and how long one that runs keeps its place without a sign of life.
 * @since 0.1.0
 * @category models
 */
export interface BudgetLimits {
  /** Within a window; 60 unless given. */
  readonly queries: number
  /** How long a query counts: an hour, and 10 s because not all take equally long to arrive. */
  readonly windowMillis: number
  /** How many may run at once; 5 unless given. */
  readonly atOnce: number
  /** How long the place of a query is kept whose process does not renew it; 60 s unless given. */
  readonly leaseMillis: number
}

/**
 * Mixpanel's own: 60 queries an hour and 5 at once.
 * @since 0.1.0
 * @category utilities
 */
export const mixpanelLimits: BudgetLimits = {
  queries: 60,
  windowMillis: 3_610_000,
  atOnce: 5,
  leaseMillis: 60_000
}

export interface Start {
  readonly id: string
  readonly at: number
  readonly until: number
}

export interface Ticket {
  readonly id: string
  readonly until: number
}

export interface QueryLog {
  readonly starts: ReadonlyArray<Start>
  /** The next one first. */
  readonly queue: ReadonlyArray<Ticket>
  readonly blocked: number
}

export const emptyLog: QueryLog = { starts: [], queue: [], blocked: 0 }

/** All times are epoch milliseconds of the engine's clock. Each step may be sent twice. */
export type Step =
  /** Asks for a place, and for a ticket where there is none. */
  | { readonly kind: "take" | "wait"; readonly id: string }
  | { readonly kind: "renew"; readonly id: string }
  /** The query has ended; `drop`: and the server did not count it. Who waits gives up. */
  | { readonly kind: "end" | "drop"; readonly id: string }
  | { readonly kind: "again"; readonly id: string }
  | { readonly kind: "block"; readonly id: string; readonly millis: number }

/**
 * What is known of the queries of a project, for whoever asks.
 * @since 0.1.0
 * @category models
 */
export interface BudgetState {
  /** Whether whoever asks has a place. */
  readonly granted: boolean
  /** Epoch milliseconds by the engine's clock, as all times. */
  readonly now: number
  /** When there is room for whoever asked, at the latest: queries may end earlier. */
  readonly roomAt: number
  /** When the hour and the server allow one: before that, no query that ends makes room. */
  readonly openAt: number
  /** Queries of the last hour. */
  readonly used: number
  readonly running: number
  /** How many are served before. */
  readonly ahead: number
  /** Until when the server wants to be left alone. */
  readonly blocked: number
  readonly limits: BudgetLimits
}

/** A clock that was set back leaves times behind that are not of this world. */
const skewMillis = 60_000

export const ticketMillis = ({ leaseMillis }: BudgetLimits): number => Math.floor(leaseMillis / 2)

const current = ({ blocked, queue, starts }: QueryLog, now: number, limits: BudgetLimits): QueryLog => ({
  starts: starts.filter(
    ({ at, until }) => at <= now + skewMillis && (at + limits.windowMillis > now || isRunning(until, now, limits))
  ),
  queue: queue.filter(({ until }) => until > now && until <= now + limits.leaseMillis),
  blocked: Math.min(blocked, now + limits.windowMillis)
})

const isRunning = (until: number, now: number, { leaseMillis }: BudgetLimits): boolean =>
  until > now && until <= now + leaseMillis + skewMillis

/** When there is room behind those who are served before; those of them who have not begun yet take all the time there is. */
const roomAfter = (ends: ReadonlyArray<number>, over: number, now: number, longest: number): number =>
  over < 0 ? now : ([...ends].sort((a, b) => a - b)[over] ?? now + longest)

const answerOf = (log: QueryLog, id: string, now: number, limits: BudgetLimits): BudgetState => {
  const counted = log.starts.filter(({ at }) => at + limits.windowMillis > now)
  const running = log.starts.filter(({ until }) => isRunning(until, now, limits))
  const place = log.queue.findIndex((ticket) => ticket.id === id)
  const ahead = place < 0 ? log.queue.length : place
  const ends = counted.map(({ at }) => at + limits.windowMillis)
  const places = running.map(({ until }) => until)
  const hour = roomAfter(ends, ends.length + ahead - limits.queries, now, limits.windowMillis)
  const openAt = Math.max(now, log.blocked, hour)
  return {
    granted: running.some((start) => start.id === id),
    now,
    roomAt: Math.max(openAt, roomAfter(places, places.length + ahead - limits.atOnce, now, limits.leaseMillis)),
    openAt,
    used: counted.length,
    running: running.length,
    ahead,
    blocked: log.blocked,
    limits
  }
}

const without = <A extends { readonly id: string }>(items: ReadonlyArray<A>, id: string): ReadonlyArray<A> =>
  items.filter((item) => item.id !== id)

const changed = (log: QueryLog, step: Step, now: number, limits: BudgetLimits): QueryLog => {
  const { id } = step
  const withUntil = (until: number) => log.starts.map((start) => (start.id === id ? { ...start, until } : start))
  switch (step.kind) {
    case "take":
    case "wait": {
      const { granted, roomAt } = answerOf(log, id, now, limits)
      if (granted) return log
      if (roomAt <= now) {
        const start = { id, at: now, until: now + limits.leaseMillis }
        return { ...log, starts: [...log.starts, start], queue: without(log.queue, id) }
      }
      if (step.kind === "take") return log
      const ticket = { id, until: now + ticketMillis(limits) }
      return {
        ...log,
        queue: log.queue.some((other) => other.id === id)
          ? log.queue.map((other) => (other.id === id ? ticket : other))
          : [...log.queue, ticket]
      }
    }
    case "renew":
      return { ...log, starts: withUntil(now + limits.leaseMillis) }
    case "end":
      return { ...log, starts: withUntil(0), queue: without(log.queue, id) }
    case "drop":
      return { ...log, starts: without(log.starts, id), queue: without(log.queue, id) }
    case "again":
      return { ...log, starts: [...log.starts, { id: `${id}+`, at: now, until: 0 }] }
    case "block":
      return { ...log, blocked: Math.max(log.blocked, now + Math.min(step.millis, limits.windowMillis)) }
  }
}

/**
 * The log after a step, and what is told to whoever took it. A place is given where fewer wait before than there are places:
 * who came first is served first, and who does not wait overtakes nobody.
 */
export const advance = (
  log: QueryLog,
  step: Step,
  now: number,
  limits: BudgetLimits
): readonly [answer: BudgetState, next: QueryLog] => {
  const next = changed(current(log, now, limits), step, now, limits)
  return [answerOf(next, step.id, now, limits), next]
}

export const lookAt = (log: QueryLog, now: number, limits: BudgetLimits, id = ""): BudgetState =>
  answerOf(current(log, now, limits), id, now, limits)

/** Whether somebody's turn needs no sign of life yet. */
export const isAwaited = ({ queue }: QueryLog, id: string, now: number, limits: BudgetLimits): boolean =>
  queue.some((ticket) => ticket.id === id && ticket.until > now + ticketMillis(limits) / 2)
