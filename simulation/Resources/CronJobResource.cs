using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Tables;
using Ebb.Simulation.World;

namespace Ebb.Simulation.Resources;

internal static class CronJobResource
{
    private static readonly string[] Policies = ["Allow", "Forbid", "Replace"];

    public static ApiResource Type { get; } =
        new()
        {
            Group = "batch",
            Plural = "cronjobs",
            Singular = "cronjob",
            Kind = "CronJob",
            ShortNames = ["cj"],
            Categories = ["all"],
            HasStatus = true,
            HasGeneration = true,
            Served = [new ServedVersion("batch", "v1") { Schema = BuiltInSchemas.Of("CronJob") }],
            Columns =
            [
                TableCells.Name,
                new("Schedule", "string", 0, (o, _) => o.Text("spec", "schedule"))
                {
                    Description = "The schedule in Cron format, see https://en.wikipedia.org/wiki/Cron.",
                },
                new("Timezone", "string", 0, (o, _) => o.Text("spec", "timeZone") ?? "<none>")
                {
                    Description =
                        "The time zone name for the given schedule, see "
                        + "https://en.wikipedia.org/wiki/List_of_tz_database_time_zones.",
                },
                new("Suspend", "boolean", 0, (o, _) => o.Flag("spec", "suspend") == true ? "True" : "False"),
                new("Active", "integer", 0, (o, _) => o.Items("status", "active")?.Count ?? 0)
                {
                    Description = "A list of pointers to currently running jobs.",
                },
                new(
                    "Last Schedule",
                    "string",
                    0,
                    (o, now) =>
                        o.Time("status", "lastScheduleTime") is { } last ? TableCells.Since(last, now) : "<none>"
                ),
                TableCells.Age,
                TableCells.Containers,
                TableCells.Images,
                new("Selector", "string", 1, (_, _) => "<none>"),
            ],
            Prepare = (o, old) =>
            {
                o.Ensure("spec", "jobTemplate").TryAdd("metadata", new JsonObject());
                o.Object("spec", "jobTemplate", "spec", "template")?.TryAdd("metadata", new JsonObject());
                PodTemplate.Prepare(o.Object("spec", "jobTemplate", "spec", "template", "spec"));

                if (old is null)
                {
                    o["status"] = new JsonObject();
                }
            },
            Validate = (o, _, errors) =>
            {
                var schedule = o.Text("spec", "schedule") ?? "";
                if (schedule.Contains("TZ=", StringComparison.Ordinal))
                {
                    errors.Invalid(
                        "spec.schedule",
                        schedule,
                        "cannot use TZ or CRON_TZ in schedule, use timeZone field instead"
                    );
                }
                else if (schedule.Length == 0)
                {
                    errors.Required("spec.schedule");
                }
                else if (CronSchedule.Explain(schedule) is { } why)
                {
                    errors.Invalid("spec.schedule", schedule, why);
                }

                if (o.Text("spec", "timeZone") is { } zone)
                {
                    if (zone.Equals("Local", StringComparison.OrdinalIgnoreCase))
                    {
                        errors.Invalid(
                            "spec.timeZone",
                            zone,
                            "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones"
                        );
                    }
                    else if (!Zones.Knows(zone))
                    {
                        errors.Invalid("spec.timeZone", zone, $"unknown time zone {zone}");
                    }
                }

                if (o.Text("spec", "concurrencyPolicy") is { } policy && !Policies.Contains(policy))
                {
                    errors.Unsupported("spec.concurrencyPolicy", policy, Policies);
                }

                foreach (
                    var field in (string[])
                        ["startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"]
                )
                {
                    if (o.Whole("spec", field) is < 0 and var negative)
                    {
                        errors.Invalid("spec." + field, negative, "must be greater than or equal to 0");
                    }
                }

                if (o.Name().Length > 52)
                {
                    // Eleven more make the name of a job.
                    errors.Invalid("metadata.name", o.Name(), "must be no more than 52 characters");
                }

                JobResource.Template(
                    new JsonObject(),
                    "spec.jobTemplate.spec.template",
                    o.Object("spec", "jobTemplate", "spec", "template"),
                    errors
                );
            },
        };
}
