using System.Text.Json.Nodes;
using Ebb.Simulation.Yaml;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Deploy;

/// <summary>
/// What is shipped can run where it is put: each pod against the level of its namespace, by the rules of the Pod
/// Security Standards.
/// </summary>
public sealed class PodSecuritySpecs
{
    private const string Enforced = "pod-security.kubernetes.io/enforce";

    private static readonly string[] BaselineCapabilities =
    [
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    ];

    private static readonly string[] RestrictedVolumes =
    [
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "persistentVolumeClaim",
        "projected",
        "secret",
    ];

    private static string Folder => Path.Combine(Repository.Root, "deploy");

    private static IEnumerable<(string File, JsonObject Document)> Shipped =>
        new[] { "base", "components", "examples" }
            .SelectMany(part =>
                Directory.EnumerateFiles(Path.Combine(Folder, part), "*.yaml", SearchOption.AllDirectories)
            )
            .Order(StringComparer.Ordinal)
            .SelectMany(file =>
                Yaml.Documents(File.ReadAllText(file))
                    .Select(document => (Path.GetRelativePath(Folder, file), document))
            );

    [Fact]
    public void Every_pod_that_is_shipped_is_admitted_where_it_is_put()
    {
        var levels = Shipped
            .Select(one => one.Document)
            .Where(document => (string?)document["kind"] == "Namespace")
            .ToDictionary(
                document => (string)document["metadata"]!["name"]!,
                document => (string?)document["metadata"]!["labels"]?[Enforced]
            );
        Assert.Equal("restricted", levels["ebb-system"]);
        List<string> pods = [];
        List<string> refused = [];
        foreach (var (file, document) in Shipped)
        foreach (var spec in PodSpecs(document))
        {
            var place = (string?)document["metadata"]?["namespace"] ?? "default";
            // A namespace of somebody's own: what most clusters enforce there.
            var level = levels.GetValueOrDefault(place) ?? "baseline";
            pods.Add(file);
            refused.AddRange(Violations(spec, level).Select(why => $"{file} in {place} ({level}): {why}"));
        }
        Assert.Empty(refused);
        Assert.Contains("examples/hooks/talos-shutdown.yaml", pods);
        Assert.Contains("examples/hooks/wake-on-lan.yaml", pods);
    }

    [Theory]
    [InlineData("hostNetwork: true, containers: [{name: c}]", "hostNetwork")]
    [InlineData("containers: [{name: c, ports: [{containerPort: 1, hostPort: 1}]}]", "hostPort")]
    [InlineData("containers: [{name: c}], volumes: [{name: v, hostPath: {path: /}}]", "hostPath")]
    [InlineData("containers: [{name: c, securityContext: {capabilities: {add: [NET_RAW]}}}]", "NET_RAW")]
    [InlineData("containers: [{name: c, securityContext: {privileged: true}}]", "privileged")]
    public void What_the_levels_forbid_is_found(string pod, string why)
    {
        var spec = Yaml.Documents($"{{{pod}}}")[0];
        Assert.Contains(Violations(spec, "baseline"), found => found.Contains(why, StringComparison.Ordinal));
        Assert.Equal(
            ["allowPrivilegeEscalation", "capabilities.drop", "runAsNonRoot", "seccompProfile"],
            Violations(Yaml.Documents("{containers: [{name: c}]}")[0], "restricted")
                .Select(found => found.Split(' ')[1])
        );
        Assert.Empty(Violations(spec, "privileged"));
    }

    /// <summary>The pod of a Pod, and that of each template, however deep.</summary>
    private static IEnumerable<JsonObject> PodSpecs(JsonNode? node) =>
        node switch
        {
            JsonObject found when found["containers"] is JsonArray => [found],
            JsonObject found => found.SelectMany(member => PodSpecs(member.Value)),
            JsonArray list => list.SelectMany(PodSpecs),
            _ => [],
        };

    private static IEnumerable<string> Violations(JsonObject pod, string level)
    {
        if (level == "privileged")
            yield break;
        var restricted = level == "restricted";
        foreach (var host in new[] { "hostNetwork", "hostPID", "hostIPC" })
            if ((bool?)pod[host] == true)
                yield return $"pod {host}";
        foreach (var volume in pod["volumes"]?.AsArray() ?? [])
        foreach (var (source, _) in volume!.AsObject().Where(member => member.Key != "name"))
            if (source == "hostPath" || (restricted && !RestrictedVolumes.Contains(source)))
                yield return $"volume {source}";
        var whole = pod["securityContext"];
        foreach (
            var container in new[] { "initContainers", "containers" }.SelectMany(list => pod[list]?.AsArray() ?? [])
        )
        {
            var (name, own) = ((string)container!["name"]!, container["securityContext"]);
            if ((bool?)own?["privileged"] == true)
                yield return $"{name} privileged";
            foreach (var port in container["ports"]?.AsArray() ?? [])
                if ((long?)port!["hostPort"] is not (null or 0))
                    yield return $"{name} hostPort";
            var allowed = restricted ? ["NET_BIND_SERVICE"] : BaselineCapabilities;
            foreach (var added in own?["capabilities"]?["add"]?.AsArray() ?? [])
                if (!allowed.Contains((string)added!))
                    yield return $"{name} capabilities.add {added}";
            var seccomp = (string?)(own?["seccompProfile"] ?? whole?["seccompProfile"])?["type"];
            if (seccomp == "Unconfined")
                yield return $"{name} seccompProfile Unconfined";
            if (!restricted)
                continue;
            if ((bool?)own?["allowPrivilegeEscalation"] != false)
                yield return $"{name} allowPrivilegeEscalation";
            if (own?["capabilities"]?["drop"]?.AsArray().Any(one => (string?)one == "ALL") != true)
                yield return $"{name} capabilities.drop";
            if ((bool?)(own?["runAsNonRoot"] ?? whole?["runAsNonRoot"]) != true)
                yield return $"{name} runAsNonRoot";
            if ((long?)(own?["runAsUser"] ?? whole?["runAsUser"]) == 0)
                yield return $"{name} runAsUser";
            if (seccomp is not ("RuntimeDefault" or "Localhost"))
                yield return $"{name} seccompProfile";
        }
    }
}
