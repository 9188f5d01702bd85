using System.Text.Json.Nodes;
using Ebb.Simulation.Json;
using Ebb.Simulation.Rules;
using Ebb.Simulation.Schemas;

namespace Ebb.Simulation.Resources;

/// <summary>Validates containers.</summary>
internal static class ContainerRules
{
    private static readonly string[] PullPolicies = ["Always", "IfNotPresent", "Never"];

    /// <param name="seen">Names of the containers before it in the same pod.</param>
    public static void Check(
        JsonObject container,
        string path,
        JsonObject pod,
        HashSet<string> seen,
        FieldErrors errors
    )
    {
        if (container.Text("name") is not { Length: > 0 } name)
        {
            errors.Required(path + ".name");
        }
        else if (!NameRules.IsLabel(name))
        {
            errors.Invalid(path + ".name", name, NameRules.Label);
        }
        else if (!seen.Add(name))
        {
            errors.Say("FieldValueDuplicate", path + ".name", $"Duplicate value: \"{name}\"");
        }

        if ((container.Text("image") ?? "").Length == 0)
        {
            errors.Required(path + ".image");
        }

        if (container.Text("imagePullPolicy") is { } policy && !PullPolicies.Contains(policy))
        {
            errors.Unsupported(path + ".imagePullPolicy", policy, PullPolicies);
        }

        Ports(container, path, errors);
        Mounts(container, path, pod, errors);
        Resources(container, path + ".resources", errors);
    }

    private static void Ports(JsonObject container, string path, FieldErrors errors)
    {
        var i = 0;
        foreach (var port in container.Objects("ports"))
        {
            if (port.Whole("containerPort") is not { } number)
            {
                errors.Required($"{path}.ports[{i}].containerPort");
            }
            else if (number is < 1 or > 65535)
            {
                errors.Invalid($"{path}.ports[{i}].containerPort", number, "must be between 1 and 65535, inclusive");
            }

            i++;
        }
    }

    private static void Mounts(JsonObject container, string path, JsonObject pod, FieldErrors errors)
    {
        var volumes = pod.Objects("volumes").Select(v => v.Text("name")).ToHashSet();
        var i = 0;
        foreach (var mount in container.Objects("volumeMounts"))
        {
            if (mount.Text("name") is { } name && !volumes.Contains(name))
            {
                errors.Say("FieldValueNotFound", $"{path}.volumeMounts[{i}].name", $"Not found: \"{name}\"");
            }

            i++;
        }
    }

    private static void Resources(JsonObject container, string path, FieldErrors errors)
    {
        foreach (var kind in (string[])["limits", "requests"])
        {
            foreach (var (name, value) in container.Object("resources", kind) ?? [])
            {
                if (ResourceQuantity.Read(value) is < 0)
                {
                    errors.Invalid($"{path}.{kind}[{name}]", value?.ToString(), "must be greater than or equal to 0");
                }
            }
        }

        foreach (var (name, value) in container.Object("resources", "requests") ?? [])
        {
            if (
                container.At("resources", "limits", name) is { } limit
                && ResourceQuantity.Read(value) > ResourceQuantity.Read(limit)
            )
            {
                errors.Invalid(
                    $"{path}.requests",
                    value?.ToString(),
                    $"must be less than or equal to {name} limit of {limit}"
                );
            }
        }
    }
}
