using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ebb.Simulation.Json;
using Ebb.Simulation.Schemas;

namespace Ebb.Simulation.Rules;

/// <summary>Validates the names of objects.</summary>
internal static partial class NameRules
{
    public const string Label =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start "
        + "and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation "
        + "is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

    private const string Subdomain =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and "
        + "must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation "
        + "is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    public static void Check(JsonObject tree, bool generated, FieldErrors errors)
    {
        var name = tree.Name();
        // RBAC names may carry a colon, as "system:node" does.
        if (tree.Text("apiVersion")?.StartsWith("rbac.", StringComparison.Ordinal) == true)
        {
            return;
        }

        if (
            generated
            && tree.Text("metadata", "generateName") is { } prefix
            && !SubdomainForm().IsMatch(prefix.EndsWith('-') ? prefix + "a" : prefix)
        )
        {
            errors.Invalid("metadata.generateName", prefix, Subdomain);
            return;
        }

        if (name.Length == 0)
        {
            errors.Required("metadata.name", "name or generateName is required");
        }
        else if (name.Length > 253)
        {
            errors.Invalid("metadata.name", name, "must be no more than 253 bytes");
        }
        else if (tree.Text("kind") is "Namespace" && !IsLabel(name))
        {
            errors.Invalid("metadata.name", name, name.Length > 63 ? "must be no more than 63 bytes" : Label);
        }
        else if (!SubdomainForm().IsMatch(name))
        {
            errors.Invalid("metadata.name", name, Subdomain);
        }
    }

    public static bool IsLabel(string name) => name.Length <= 63 && LabelForm().IsMatch(name);

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")]
    private static partial Regex LabelForm();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")]
    private static partial Regex SubdomainForm();
}
