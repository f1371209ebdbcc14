import type { CreateModule } from '../../platform/module.js';
import { computeAttributesTask } from '../attributes/index.js';
import { createComputeTask } from './compute-attributes.job.js';
import { createResumeTask, resumeComputingTask } from './resume-computing.job.js';

/** Attributes that are computed from events, and kept so. */
export const createComputedAttributesModule: CreateModule = (services) => ({
  tasks: { [resumeComputingTask]: createResumeTask(services) },
  longTasks: { [computeAttributesTask]: createComputeTask(services) },
});
