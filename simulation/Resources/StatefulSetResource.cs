using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Tables;

namespace Ebb.Simulation.Resources;

internal static class StatefulSetResource
{
    private static readonly string[] Changeable =
    [
        "replicas",
        "ordinals",
        "template",
        "updateStrategy",
        "revisionHistoryLimit",
        "persistentVolumeClaimRetentionPolicy",
        "minReadySeconds",
    ];

    private static readonly (string Field, string[] Supported)[] Words =
    [
        ("podManagementPolicy", ["OrderedReady", "Parallel"]),
        ("updateStrategy.type", ["OnDelete", "RollingUpdate"]),
        ("persistentVolumeClaimRetentionPolicy.whenDeleted", ["Delete", "Retain"]),
        ("persistentVolumeClaimRetentionPolicy.whenScaled", ["Delete", "Retain"]),
    ];

    public static ApiResource Type { get; } =
        new()
        {
            Group = "apps",
            Plural = "statefulsets",
            Singular = "statefulset",
            Kind = "StatefulSet",
            ShortNames = ["sts"],
            Categories = ["all"],
            HasStatus = true,
            Scale = new ScalePaths(["spec", "replicas"], ["status", "replicas"], null),
            HasGeneration = true,
            Served = [new ServedVersion("apps", "v1") { Schema = BuiltInSchemas.Of("StatefulSet") }],
            Columns =
            [
                TableCells.Name,
                new(
                    "Ready",
                    "string",
                    0,
                    (o, _) => $"{o.Whole("status", "readyReplicas") ?? 0}/{o.Whole("spec", "replicas") ?? 0}"
                )
                {
                    Description = "Number of the pod with ready state",
                },
                TableCells.Age,
                TableCells.Containers,
                TableCells.Images,
            ],
            Prepare = (o, old) =>
            {
                PodTemplate.Prepare(o.Object("spec", "template", "spec"));
                if (o.Text("spec", "updateStrategy", "type") == "RollingUpdate")
                {
                    o.Ensure("spec", "updateStrategy", "rollingUpdate")["partition"] ??= 0;
                }

                if (old is null)
                {
                    o["status"] = new JsonObject { ["replicas"] = 0, ["availableReplicas"] = 0 };
                }
            },
            Validate = (o, old, errors) =>
            {
                PodTemplate.Replicas(o, errors);
                PodTemplate.Validate(o, "spec.template", o.Object("spec", "template"), errors, ["Always"]);
                foreach (var (field, supported) in Words)
                {
                    var path = field.Split('.');
                    if (o.Text(["spec", .. path]) is { } word && !supported.Contains(word))
                    {
                        errors.Unsupported("spec." + field, word, supported);
                    }
                }

                if (old is not null && Fixed(o) is var now && Fixed(old) is var was && !JsonNode.DeepEquals(now, was))
                {
                    errors.Forbidden(
                        "spec",
                        "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
                            + "'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' "
                            + "and 'minReadySeconds' are forbidden"
                    );
                }
            },
        };

    private static JsonObject Fixed(JsonObject o)
    {
        var spec = o.Object("spec")?.Copy() ?? [];
        foreach (var name in Changeable)
        {
            spec.Remove(name);
        }

        return spec;
    }
}
