using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Schemas;

namespace Ebb.Simulation.Resources;

/// <summary>What is common to pods and to everything that makes pods.</summary>
internal static class PodTemplate
{
    /// <summary>imagePullPolicy follows from the tag; limits are requests where none are given.</summary>
    public static void Prepare(JsonObject? podSpec)
    {
        foreach (var container in podSpec.Objects("containers").Concat(podSpec.Objects("initContainers")))
        {
            var image = container.Text("image") ?? "";
            var tag = image[(image.LastIndexOf('/') + 1)..];
            container["imagePullPolicy"] ??= image.Contains('@', StringComparison.Ordinal)
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

    public static void Validate(JsonObject tree, string path, JsonObject? template, FieldErrors errors)
    {
        if (tree.Object("spec", "selector") is { } selector && (selector.Object("matchLabels")?.Count > 0 || selector.Items("matchExpressions")?.Count > 0))
        {
            var labels = template.Object("metadata", "labels") ?? [];
            if (!Selectors.LabelSelector.OfObject(selector).Matches(labels))
            {
                errors.Invalid(path + ".metadata.labels", labels, "`selector` does not match template `labels`");
            }
        }

        ValidateSpec(path + ".spec", template.Object("spec"), errors);
    }

    public static void ValidateSpec(string path, JsonObject? spec, FieldErrors errors)
    {
        var containers = spec.Items("containers");
        if (containers is null || containers.Count == 0)
        {
            errors.Required(path + ".containers");
            return;
        }

        var i = 0;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var container in containers.OfType<JsonObject>())
        {
            if (container.Text("name") is not { Length: > 0 } name)
            {
                errors.Required($"{path}.containers[{i}].name");
            }
            else if (!seen.Add(name))
            {
                errors.Say("FieldValueDuplicate", $"{path}.containers[{i}].name", $"Duplicate value: \"{name}\"");
            }

            if ((container.Text("image") ?? "").Length == 0)
            {
                errors.Required($"{path}.containers[{i}].image");
            }

            i++;
        }
    }

    public static void Replicas(JsonObject tree, FieldErrors errors, string field = "spec.replicas")
    {
        if (tree.Whole("spec", "replicas") is < 0 and var n)
        {
            errors.Invalid(field, n, "must be greater than or equal to 0");
        }
    }
}
