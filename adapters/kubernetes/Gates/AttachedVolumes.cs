using System.Text.Json;
using Ebb.Core.Gates;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Api;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Gates;

/// <summary>Which volumes of a workload are still attached to nodes.</summary>
internal sealed class AttachedVolumes(KubernetesApi api)
{
    private static readonly Resource<SpecObject> Claims = Kinds.Whole(
        new("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim")
    );

    private static readonly Resource<SpecObject> Attachments = Kinds.Whole(
        new("storage.k8s.io", "v1", "volumeattachments", "VolumeAttachment", false)
    );

    public async Task<GateAnswer> ReadAsync(Member member, CancellationToken cancellationToken)
    {
        if (member.Workload?.Ref is not { } on)
            return new GateAnswer(null, "the workload cannot be read");
        if (await IsOwnAsync(on, cancellationToken).ConfigureAwait(false) is not { } isOwn)
            return new GateAnswer(null, $"which volumes {on} has is not known");
        var claims = await api.ListAsync(Claims, on.Namespace, null, cancellationToken).ConfigureAwait(false);
        var volumes = (claims.Items ?? [])
            .Where(isOwn)
            .Select(claim => Text(claim.Spec, "volumeName"))
            .OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
        if (volumes.Count == 0)
            return new GateAnswer(true, "");
        var attached = await api.ListAsync(Attachments, null, null, cancellationToken).ConfigureAwait(false);
        var left = (attached.Items ?? [])
            .Select(one =>
                (Volume: Text(Member(one.Spec, "source"), "persistentVolumeName"), On: Text(one.Spec, "nodeName"))
            )
            .Where(one => one.Volume is { } volume && volumes.Contains(volume))
            .Select(one => $"{one.Volume} on {one.On}")
            .Order(StringComparer.Ordinal)
            .ToList();
        return new GateAnswer(
            left.Count == 0,
            $"volumes are still attached: {string.Join(", ", left.Take(3))}"
                + (left.Count > 3 ? $" and {left.Count - 3} more" : "")
        );
    }

    /// <summary>Tells the claims of the workload; null: nobody knows what kind this is.</summary>
    private async Task<Func<SpecObject, bool>?> IsOwnAsync(ObjectRef on, CancellationToken cancellationToken)
    {
        if (on is { ApiVersion: "postgresql.cnpg.io/v1", Kind: "Cluster" })
            return claim => claim.Metadata.Labels.TryGetValue("cnpg.io/cluster", out var name) && name == on.Name;
        var plural = on switch
        {
            { ApiVersion: "apps/v1", Kind: "Deployment" } => "deployments",
            { ApiVersion: "apps/v1", Kind: "StatefulSet" } => "statefulsets",
            { ApiVersion: "batch/v1", Kind: "CronJob" } => "cronjobs",
            _ => null,
        };
        if (plural is null)
            return null;
        var (group, version) = Discovery.Split(on.ApiVersion);
        var kind = Kinds.Whole(new(group, version, plural, on.Kind));
        var spec = (await api.GetAsync(kind, on.Namespace, on.Name, cancellationToken).ConfigureAwait(false)).Spec;
        if (plural == "cronjobs")
            spec = Member(Member(spec, "jobTemplate"), "spec");
        var named = Items(Member(Member(Member(spec, "template"), "spec"), "volumes"))
            .Select(volume => Text(Member(volume, "persistentVolumeClaim"), "claimName"))
            .OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
        var prefixes = Items(Member(spec, "volumeClaimTemplates"))
            .Select(template => Text(Member(template, "metadata"), "name"))
            .OfType<string>()
            .Select(name => $"{name}-{on.Name}-")
            .ToList();
        return claim =>
            named.Contains(claim.Metadata.Name)
            || prefixes.Exists(prefix =>
                claim.Metadata.Name.StartsWith(prefix, StringComparison.Ordinal)
                && claim.Metadata.Name.AsSpan(prefix.Length).IndexOfAnyExceptInRange('0', '9') < 0
            );
    }

    private static JsonElement? Member(JsonElement? of, string name) =>
        of is { ValueKind: JsonValueKind.Object } it && it.TryGetProperty(name, out var found) ? found : null;

    private static string? Text(JsonElement? of, string name) =>
        Member(of, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static IEnumerable<JsonElement> Items(JsonElement? list) =>
        list is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];
}
