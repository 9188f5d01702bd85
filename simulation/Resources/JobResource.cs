using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Resources;

internal static class JobResource
{
    public static ApiResource Type { get; } =
        new()
        {
            Group = "batch",
            Plural = "jobs",
            Singular = "job",
            Kind = "Job",
            Categories = ["all"],
            HasStatus = true,
            HasGeneration = true,
            Served =
            [
                new ServedVersion("batch", "v1")
                {
                    Schema = BuiltInSchemas.Of("Job"),
                    Selectable = new Dictionary<string, string[]> { ["status.successful"] = ["status", "succeeded"] },
                },
            ],
            Columns =
            [
                TableCells.Name,
                new("Status", "string", 0, (o, _) => StatusWord(o)) { Description = "Status of the job." },
                new(
                    "Completions",
                    "string",
                    0,
                    (o, _) => $"{o.Whole("status", "succeeded") ?? 0}/{o.Whole("spec", "completions") ?? 1}"
                ),
                new(
                    "Duration",
                    "string",
                    0,
                    (o, now) =>
                        o.Time("status", "startTime") is { } start
                            ? TableCells.Span((o.Time("status", "completionTime") ?? now) - start)
                            : ""
                ),
                TableCells.Age,
                TableCells.Containers,
                TableCells.Images,
                TableCells.Selector,
            ],
            Prepare = (o, old) =>
            {
                PodTemplate.Prepare(o.Object("spec", "template", "spec"));
                var spec = o.Ensure("spec");
                spec["completions"] ??= 1;
                if (old is null)
                {
                    o["status"] = new JsonObject();
                    if (spec["selector"] is null)
                    {
                        // As the real server does: pods of this job and no other are found by its UID.
                        var uid = Rules.NameGenerator.Hash(o.Key());
                        spec["selector"] = new JsonObject
                        {
                            ["matchLabels"] = new JsonObject { ["batch.kubernetes.io/controller-uid"] = uid },
                        };
                        var labels = spec.Ensure("template", "metadata", "labels");
                        labels["batch.kubernetes.io/controller-uid"] = uid;
                        labels["batch.kubernetes.io/job-name"] = o.Name();
                        labels["controller-uid"] = uid;
                        labels["job-name"] = o.Name();
                    }
                }
            },
            Validate = (o, _, errors) => Template(o, "spec.template", o.Object("spec", "template"), errors),
        };

    public static bool IsFinished(JsonObject job) =>
        job.Objects("status", "conditions")
            .Any(c => c.Text("type") is "Complete" or "Failed" && c.Text("status") == "True");

    /// <summary>A Job's pods may not be restarted always.</summary>
    public static void Template(JsonObject o, string path, JsonObject? template, Schemas.FieldErrors errors)
    {
        PodTemplate.Validate(o, path, template, errors);
        if (template.Text("spec", "restartPolicy") is not ("Never" or "OnFailure"))
        {
            errors.Unsupported(
                path + ".spec.restartPolicy",
                template.At("spec", "restartPolicy"),
                ["OnFailure", "Never"]
            );
        }
    }

    private static string StatusWord(JsonObject o)
    {
        foreach (var condition in o.Objects("status", "conditions"))
        {
            if (condition.Text("status") == "True" && condition.Text("type") is "Complete" or "Failed" or "Suspended")
            {
                return condition.Text("type")!;
            }
        }

        return o.IsTerminating() ? "Terminating" : "Running";
    }
}
