/**
 * An audit segment continued by a second writer: the file of an open segment is the partition's, not the
 * writer's, and whoever comes next goes on in it.
 *
 * @module
 */

import { auditPlace, openAuditProcessor } from "../../../actors/audit_logger/audit_processor.ts";
import { OpenFiles } from "../../../actors/audit_logger/open_files.ts";
import type { PlantedBug } from "../planted_bug.ts";
import { auditConsumer } from "../support/audit_consumer.ts";
import { withConsumer } from "../support/planted_roles.ts";

/** What a dead writer had written of the segment stands in it twice. */
export const auditSegmentContinued: PlantedBug = {
  id: "audit_segment_continued",
  what: "an audit segment continued by a second writer",
  host: withConsumer("audit-logger", (start, surroundings) => {
    const folder = start.options.auditFolder ?? "";
    const files = new ContinuedFiles();
    surroundings.ended.addEventListener("abort", () => files.closeAll());
    const place = { ...auditPlace({ folder, instance: "audit", incarnation: 1 }), files };
    return auditConsumer({
      start,
      surroundings,
      open: (assigned, snapshots) => openAuditProcessor(assigned, { place, ...snapshots }),
    });
  }),
};

class ContinuedFiles extends OpenFiles {
  override create(path: string): void {
    this.release(path);
    Deno.openSync(path, { append: true, create: true }).close();
  }
}
