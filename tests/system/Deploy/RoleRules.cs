using YamlDotNet.RepresentationModel;

namespace Ebb.Tests.Deploy;

/// <summary>The rules of roles in manifests, one line for each verb of each resource.</summary>
internal static class RoleRules
{
    /// <param name="yaml">Any manifests.</param>
    /// <param name="name">The name that the roles have.</param>
    public static IReadOnlySet<string> Of(string yaml, string name)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return stream
            .Documents.Select(document => document.RootNode)
            .OfType<YamlMappingNode>()
            .Where(root =>
                root["kind"].ToString() is "Role" or "ClusterRole" && root["metadata"]["name"].ToString() == name
            )
            .SelectMany(root =>
                ((YamlSequenceNode)root["rules"]).SelectMany(rule =>
                    from verb in Words(rule["verbs"])
                    from resource in Words(rule["resources"])
                    from @group in Words(rule["apiGroups"])
                    select Line(root["kind"].ToString() == "Role", verb, @group, resource)
                )
            )
            .ToHashSet(StringComparer.Ordinal);
    }

    public static string Line(bool own, string verb, string group, string resource) =>
        $"{(own ? "own namespace" : "everywhere")}: {verb} {group}/{resource}";

    private static IEnumerable<string> Words(YamlNode list) => ((YamlSequenceNode)list).Select(node => node.ToString());
}
