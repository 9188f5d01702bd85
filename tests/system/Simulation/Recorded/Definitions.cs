using System.Text.Json.Nodes;

namespace Ebb.Tests.Simulation.Recorded;

/// <summary>
/// The custom resource definitions of a recording's cluster, where they are not what the simulation brings.
/// </summary>
internal static class Definitions
{
    public static IEnumerable<JsonObject> For(Session session, Recording recording)
    {
        foreach (
            var definition in Recorded(session, recording)
                .Where(d =>
                    Group(d) == recording.Resource.Group
                    && (Plural(d) == recording.Resource.Plural || recording.Resource.Plural.Length == 0)
                )
        )
        {
            if (IsTightened(recording))
            {
                Tighten(definition);
            }

            yield return definition;
        }
    }

    // Created by a recorded request, or contained in an answer.
    private static IEnumerable<JsonObject> Recorded(Session session, Recording recording) =>
        session
            .All.Where(r =>
                r != recording
                && r is { Resource.Plural: "customresourcedefinitions", IsSuccess: true, Shown: not null }
            )
            .Select(r => new JsonObject
            {
                ["apiVersion"] = "apiextensions.k8s.io/v1",
                ["kind"] = "CustomResourceDefinition",
                ["metadata"] = new JsonObject { ["name"] = r.Shown!["metadata"]!["name"]!.DeepClone() },
                ["spec"] = r.Shown["spec"]!.DeepClone(),
            });

    // In the middle of the session a schema was changed, unrecorded, to one that does not allow what is stored.
    private static bool IsTightened(Recording recording) =>
        recording.File[4..].StartsWith("cr-ratcheting-", StringComparison.Ordinal)
        || recording.File[4..].StartsWith("cr-cel-", StringComparison.Ordinal);

    private static void Tighten(JsonObject definition)
    {
        var spec = definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]![
            "spec"
        ]!.AsObject();
        spec["properties"]!["replicas"]!["maximum"] = 10;
        spec["properties"]!["list"]!["items"]!["maximum"] = 10;
        spec["x-kubernetes-validations"] = new JsonArray(
            new JsonObject { ["rule"] = "!has(self.mode) || self.mode != 'Z'", ["message"] = "mode Z is not allowed" }
        );
    }

    private static string Group(JsonObject definition) => definition["spec"]!["group"]!.GetValue<string>();

    private static string Plural(JsonObject definition) => definition["spec"]!["names"]!["plural"]!.GetValue<string>();
}
