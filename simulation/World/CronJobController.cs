using System.Globalization;
using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Resources;
using Ebb.Simulation.Store;

namespace Ebb.Simulation.World;

/// <summary>
/// Creates a Job at every due minute, unless suspended or forbidden; a start that was missed while suspended is made up
/// for once.
/// </summary>
internal sealed class CronJobController : Controller
{
    public override void Observe(Change change)
    {
        if (change.Type == CronJobResource.Type)
        {
            Enqueue(change.New.Tree.Key());
        }
        else if (change.Type == JobResource.Type && OwnerKey(change.New.Tree, "CronJob") is { } owner)
        {
            Enqueue(owner);
        }
    }

    public override void Reconcile(string key)
    {
        if (Find(CronJobResource.Type, key) is not { } cron || cron.Tree.IsTerminating())
        {
            return;
        }

        var jobs = OwnedBy(cron, JobResource.Type).ToList();
        Report(cron, jobs);
        Tidy(cron, jobs);
        if (cron.Tree.Flag("spec", "suspend") == true)
        {
            return;
        }

        var schedule = CronSchedule.Parse(cron.Tree.Text("spec", "schedule")!);
        var zone = Zones.Of(cron.Tree.Text("spec", "timeZone"));
        var since =
            cron.Tree.Time("status", "lastScheduleTime") ?? cron.Tree.Time("metadata", "creationTimestamp") ?? Now;
        DateTimeOffset? due = null;
        for (var next = schedule.Next(since, zone); next is { } time && time <= Now; next = schedule.Next(time, zone))
        {
            due = time;
        }

        if (due is { } start && !TooLate(cron.Tree, start))
        {
            Begin(key, start);
        }

        if (schedule.Next(Now, zone) is { } later)
        {
            At(key, later);
        }
    }

    private bool TooLate(JsonObject cron, DateTimeOffset start) =>
        cron.Whole("spec", "startingDeadlineSeconds") is { } seconds && Now - start > TimeSpan.FromSeconds(seconds);

    private void Begin(string key, DateTimeOffset start)
    {
        var cron = Find(CronJobResource.Type, key)!;
        var running = OwnedBy(cron, JobResource.Type).Where(j => !JobResource.IsFinished(j.Tree)).ToList();
        switch (cron.Tree.Text("spec", "concurrencyPolicy"))
        {
            case "Forbid" when running.Count > 0:
                return;
            case "Replace":
                foreach (var job in running)
                {
                    Delete(JobResource.Type, job, propagation: "Background");
                }

                break;
        }

        var name = cron.Tree.Name() + "-" + (start.ToUnixTimeSeconds() / 60).ToString(CultureInfo.InvariantCulture);
        if (Store.Find(JobResource.Type, cron.Tree.Namespace(), name) is null)
        {
            var template = cron.Tree.Object("spec", "jobTemplate");
            var annotations = template.Object("metadata", "annotations")?.Copy() ?? [];
            annotations["batch.kubernetes.io/cronjob-scheduled-timestamp"] = start.Stamp();
            var meta = new JsonObject
            {
                ["name"] = name,
                ["namespace"] = cron.Tree.Namespace(),
                ["annotations"] = annotations,
                ["ownerReferences"] = new JsonArray(cron.Tree.OwnerReference()),
            };
            meta.Put("labels", template.Object("metadata", "labels")?.DeepClone());
            Create(
                JobResource.Type,
                new JsonObject
                {
                    ["kind"] = "Job",
                    ["apiVersion"] = "batch/v1",
                    ["metadata"] = meta,
                    ["spec"] = template.Object("spec")?.DeepClone() ?? new JsonObject(),
                }
            );
            Tell(cron.Tree, "Normal", "SuccessfulCreate", $"Created job {name}", "cronjob-controller");
        }

        ChangeStatus(
            CronJobResource.Type,
            Find(CronJobResource.Type, key)!,
            tree => tree.Ensure("status")["lastScheduleTime"] = start.Stamp()
        );
    }

    private void Report(StoredObject cron, List<StoredObject> jobs)
    {
        var active = new JsonArray();
        foreach (
            var job in jobs.Where(j => !JobResource.IsFinished(j.Tree))
                .OrderBy(j => j.Tree.Name(), StringComparer.Ordinal)
        )
        {
            active.Add(
                new JsonObject
                {
                    ["kind"] = "Job",
                    ["namespace"] = job.Tree.Namespace(),
                    ["name"] = job.Tree.Name(),
                    ["uid"] = job.Tree.Uid(),
                    ["apiVersion"] = "batch/v1",
                }
            );
        }

        var last = jobs.Select(j => j.Tree.Time("status", "completionTime")).Max();
        ChangeStatus(
            CronJobResource.Type,
            cron,
            tree =>
            {
                var status = tree.Ensure("status");
                status.Put("active", active.Count == 0 ? null : active);
                if (last is { } end)
                {
                    status["lastSuccessfulTime"] = end.Stamp();
                }
            }
        );
    }

    private void Tidy(StoredObject cron, List<StoredObject> jobs)
    {
        var keep = (int)(cron.Tree.Whole("spec", "successfulJobsHistoryLimit") ?? 3);
        foreach (
            var job in jobs.Where(j => JobResource.IsFinished(j.Tree))
                .OrderByDescending(j => j.Tree.Time("status", "completionTime"))
                .Skip(keep)
        )
        {
            Delete(JobResource.Type, job, propagation: "Background");
        }
    }
}
