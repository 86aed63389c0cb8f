import { ACTORS_FEATURE } from './actors.js';
import { RUN_AUDIT_FEATURE } from './run-audit.js';
import { UPLOADS_FEATURE } from '../uploads/upload.js';
import { INSPECTION_FEATURE } from './inspection.js';
import { REPLAY_FEATURE } from './replay.js';
import { CLIENT_HEARTBEAT_FEATURE } from './client-heartbeat.js';
import { LOGS_FEATURE } from './logs.js';
import { RUN_ON_NANNIES_FEATURE } from './nannies.js';
import { PLUGINS_FEATURE } from './plugins.js';
import { PROFILE_FEATURE } from './profile.js';
import { REPLICAS_FEATURE } from './replicas.js';
import { RESUME_FEATURE } from './resume.js';
import { SET_RESOURCES_FEATURE } from './resources.js';
import { SHUTDOWN_FEATURE } from './shutdown.js';
import { SPANS_FEATURE } from './spans.js';
import { TASK_OUTPUT_FEATURE } from './task-output.js';
import { VERSIONS_FEATURE } from './versions.js';

/** All that schedulers and workers of this version name in their handshake. */
export const FEATURES: readonly string[] = [
  UPLOADS_FEATURE,
  REPLICAS_FEATURE,
  RUN_AUDIT_FEATURE,
  INSPECTION_FEATURE,
  TASK_OUTPUT_FEATURE,
  VERSIONS_FEATURE,
  REPLAY_FEATURE,
  ACTORS_FEATURE,
  SPANS_FEATURE,
  SHUTDOWN_FEATURE,
  SET_RESOURCES_FEATURE,
  PLUGINS_FEATURE,
  RESUME_FEATURE,
  CLIENT_HEARTBEAT_FEATURE,
  LOGS_FEATURE,
  RUN_ON_NANNIES_FEATURE,
  PROFILE_FEATURE,
];
