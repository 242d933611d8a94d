/** The offline services for one command; what needs the network loads it by itself. */
import * as Effect from "effect/Effect"
import * as ActiveSessions from "../../services/config/ActiveSessions.ts"
import * as ChildEnvironment from "../../services/session/ChildEnvironment.ts"
import * as ClientStore from "../../services/oauth/ClientStore.ts"
import * as ProjectCredentials from "../../services/api/ProjectCredentials.ts"
import * as Targets from "../../services/config/Targets.ts"
import { type Readers, withReaders } from "./readers.ts"

/** What `withCommandServices` provides. */
export type OfflineServices =
  | Readers
  | ActiveSessions.ActiveSessions
  | ChildEnvironment.ChildEnvironment
  | ClientStore.ClientStore
  | ProjectCredentials.ProjectCredentials
  | Targets.Targets

/** Provides them, over any `CredentialFiles` and `Locations`. */
export const withCommandServices = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  effect.pipe(
    Effect.provideServiceEffect(Targets.Targets, Targets.make),
    Effect.provideServiceEffect(ActiveSessions.ActiveSessions, ActiveSessions.make),
    Effect.provideServiceEffect(ProjectCredentials.ProjectCredentials, ProjectCredentials.make),
    Effect.provideServiceEffect(ChildEnvironment.ChildEnvironment, ChildEnvironment.make),
    Effect.provideServiceEffect(ClientStore.ClientStore, ClientStore.make),
    withReaders
  )
