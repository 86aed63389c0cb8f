import { UPLOADS_FEATURE } from '../uploads/upload.js';
import { INSPECTION_FEATURE } from './inspection.js';
import { REPLICAS_FEATURE } from './replicas.js';

/** All that schedulers and workers of this version name in their handshake. */
export const FEATURES: readonly string[] = [UPLOADS_FEATURE, REPLICAS_FEATURE, INSPECTION_FEATURE];
