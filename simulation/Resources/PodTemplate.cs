using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Rules;
using Ebb.Simulation.Schemas;

namespace Ebb.Simulation.Resources;

/// <summary>Defaults and validation of pod templates.</summary>
internal static class PodTemplate
{
    /// <summary>imagePullPolicy follows from the tag; limits are requests where none are given.</summary>
    public static void Prepare(JsonObject? podSpec)
    {
        foreach (var container in podSpec.Objects("containers").Concat(podSpec.Objects("initContainers")))
        {
            var image = container.Text("image") ?? "";
            var tag = image[(image.LastIndexOf('/') + 1)..];
            container["imagePullPolicy"] ??=
                image.Contains('@', StringComparison.Ordinal)
                || (tag.Contains(':', StringComparison.Ordinal) && !tag.EndsWith(":latest", StringComparison.Ordinal))
                    ? "IfNotPresent"
                    : "Always";
            foreach (var (name, value) in container.Object("resources", "limits") ?? [])
            {
                var requests = container.Ensure("resources", "requests");
                if (!requests.ContainsKey(name))
                {
                    requests[name] = value?.DeepClone();
                }
            }
        }
    }

    /// <param name="restarts">The restart policies that the owner allows; null: any.</param>
    public static void Validate(
        JsonObject tree,
        string path,
        JsonObject? template,
        FieldErrors errors,
        string[]? restarts = null
    )
    {
        var selector = tree.Object("spec", "selector");
        if (restarts is not null && selector is null)
        {
            errors.Required("spec.selector");
        }
        else if (restarts is not null && !Says(selector))
        {
            errors.Invalid(
                "spec.selector",
                selector,
                $"empty selector is invalid for {(tree.Text("kind") == "StatefulSet" ? "statefulset" : "deployment")}"
            );
        }

        var labels = template.Object("metadata", "labels");
        MetadataRules.Labels(labels, path + ".metadata.labels", errors);
        if (
            (Says(selector) && !Selectors.LabelMatcher.OfObject(selector).Matches(labels))
            || (restarts is not null && selector is null)
        )
        {
            errors.Invalid(path + ".metadata.labels", labels, "`selector` does not match template `labels`");
        }

        ValidateSpec(path + ".spec", template.Object("spec"), errors);
        if (restarts is not null && template.Text("spec", "restartPolicy") is { } policy && !restarts.Contains(policy))
        {
            errors.Unsupported(path + ".spec.restartPolicy", policy, restarts);
        }
    }

    public static void ValidateSpec(string path, JsonObject? spec, FieldErrors errors)
    {
        var containers = spec.Items("containers");
        if (containers is null || containers.Count == 0)
        {
            errors.Required(path + ".containers");
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (
            var (list, name) in new[]
            {
                (spec.Objects("initContainers"), "initContainers"),
                (containers.OfType<JsonObject>(), "containers"),
            }
        )
        {
            var i = 0;
            foreach (var container in list)
            {
                ContainerRules.Check(container, $"{path}.{name}[{i++}]", spec!, seen, errors);
            }
        }
    }

    private static bool Says(JsonObject? selector) =>
        selector.Object("matchLabels")?.Count > 0 || selector.Items("matchExpressions")?.Count > 0;

    public static void Replicas(JsonObject tree, FieldErrors errors, string field = "spec.replicas")
    {
        if (tree.Whole("spec", "replicas") is < 0 and var n)
        {
            errors.Invalid(field, n, "must be greater than or equal to 0");
        }
    }
}
