/* Messages: what processes say to each other. */
export type {
  CoordinationAnswer,
  CoordinationCall,
  Message,
  MessageWith,
  Op,
  Replies,
  ReplyTo,
  RequestOp,
} from './messages/all-messages.js';
export { allDefinitions, isCoordinationAnswer, isCoordinationCall } from './messages/all-messages.js';
export { INVENTORY_MARKS, RESUME_FEATURE } from './messages/resume.js';
export { SET_RESOURCES_FEATURE } from './messages/resources.js';
export { SHUTDOWN_FEATURE } from './messages/shutdown.js';
export { SPANS_FEATURE } from './messages/spans.js';
export { REPLAY_FEATURE } from './messages/replay.js';
export { REPLICAS_FEATURE } from './messages/replicas.js';
export { RUN_AUDIT_FEATURE, runDigest } from './messages/run-audit.js';
export { CLIENT_HEARTBEAT_FEATURE } from './messages/client-heartbeat.js';
export { RUN_ON_NANNIES_FEATURE } from './messages/nannies.js';
export { LOGS_FEATURE } from './messages/logs.js';
export { PROFILE_FEATURE } from './messages/profile.js';
export { answerGetLogs, fromLogRows, toLogRows } from './logs/log-rows.js';
export type { LogRows } from './logs/log-rows.js';
export { PLUGINS_FEATURE } from './messages/plugins.js';
export { INSPECTION_FEATURE } from './messages/inspection.js';
export { FEATURES } from './messages/features.js';
export { OUTPUT_SOURCES, OUTSIDE_OF_TASKS, TASK_OUTPUT_FEATURE } from './messages/task-output.js';
export type { OutputSource } from './messages/task-output.js';
export { ACTORS_FEATURE } from './messages/actors.js';
export { VERSIONS_FEATURE } from './messages/versions.js';
export { COMPUTE_FLAGS } from './messages/scheduler-worker.js';
export type { MessageDefinition } from './messages/define-message.js';
export { checkFacts } from './messages/facts.js';
export type { Fact, Facts } from './messages/facts.js';

/* The wire: messages as frames. */
export { MessageCodec } from './wire/message-codec.js';
export type { Envelope, MessageFrames } from './wire/message-codec.js';
export { SEGMENT_BYTES_MIN, TEXT_LENGTH_MAX, TRUSTED_LIMITS, UNTRUSTED_LIMITS } from './wire/limits.js';
export type { WireLimits } from './wire/limits.js';
export type { NumberColumn } from './wire/columns.js';
export { NumberedTexts, TextColumnBuilder, textColumn } from './wire/text-column.js';
export type { TextColumn } from './wire/text-column.js';
export { commonVersion, PROTOCOL_VERSIONS } from './wire/version.js';
export { ProtocolError } from './errors.js';
export type { ProtocolErrorCode } from './errors.js';

/* Values: any data as bytes and back. */
export { ByteSink } from './values/byte-sink.js';
export { ValueDecoder, decodeValue } from './values/value-decoder.js';
export { ValueEncoder, encodeValue } from './values/value-encoder.js';
export type { DecodeOptions, EncodeOptions } from './values/encode-options.js';
export { hasThen } from './values/has-then.js';
export { needsPreparation, payloadBytes, payloadHasCode, payloadHasFutures } from './values/payload.js';
export type { Payload } from './values/payload.js';
export {
  defaultSerializers,
  registerLazySerializer,
  registerSerializer,
  registerTokenizer,
} from './values/default-serializers.js';
export { SerializerRegistry } from './values/serializers.js';
export type { AnyClass, LazySerializer, Registration, Serializer } from './values/serializers.js';
export type { CallableValue } from './values/callable-value.js';
export type { CodeDecoder, CodeEncoder } from './values/code-port.js';

/* Functions: closures with what they capture. */
export type { FunctionPayload } from './functions/function-payload.js';
export type { CodeUnit } from './functions/code-units.js';
export type { ExplainOptions } from './functions/explain-options.js';
export { CaptureReport } from './functions/capture-report.js';
export type { CaptureFacts, CaptureNode, CaptureProblem, WayToTravel } from './functions/capture-node.js';
export { DO_NOT_CAPTURE } from './values/do-not-capture.js';

export { BUNDLE_PARAMETERS, describeTask, taskDescriptionOf } from './functions/task-description.js';
export type {
  FunctionTask,
  ImportTask,
  ModuleBundle,
  ModuleTask,
  TaskDescription,
} from './functions/task-description.js';
export { isBareSpecifier, isBuiltinSpecifier } from './functions/resolve-package.js';

/* Uploads: files that every worker gets. */
export { checkUpload, hashUpload, UPLOAD_FILES_MAX, uploadBytes, UPLOADS_FEATURE } from './uploads/upload.js';
export type { Upload, UploadFile, UploadKind } from './uploads/upload.js';
export { checkUploadName } from './uploads/upload-path.js';
export { NO_UPLOADS, UPLOAD_SCHEME } from './uploads/upload-places.js';
export type { Found, UploadPlace, UploadTable } from './uploads/upload-places.js';

/* Tokens and errors. */
export { TOKENIZE } from './values/token-writer.js';
export { tokenize } from './values/tokenize.js';
export type { TokenizeOptions } from './values/tokenize.js';
export { errorText } from './values/error-text.js';
export type { ErrorText } from './values/error-text.js';
export { decodeError, encodeError } from './values/error-codec.js';
export type { DecodeErrorOptions, EncodeErrorOptions } from './values/error-codec.js';
export { ClassIdentities } from './functions/class-identities.js';
export { FunctionDecoder } from './functions/function-decoder.js';
export type { FunctionDecoderOptions } from './functions/function-decoder.js';
export { FunctionEncoder } from './functions/function-encoder.js';
export type { CaptureOptions, FunctionEncoderOptions } from './functions/function-encoder.js';
