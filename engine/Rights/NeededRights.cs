using Ebb.Core.Rights;
using Ebb.Core.Workloads;
using Ebb.Kubernetes;
using Ebb.Kubernetes.Access;
using Ebb.Kubernetes.Api;

namespace Ebb.Engine.Rights;

/// <summary>A right that is needed, and the verbs of it that are missing.</summary>
/// <param name="Right">The kind.</param>
/// <param name="Verbs">One or more.</param>
/// <param name="IsUsed">
/// False: only UpsScalers and Schedules of a type that nobody names now need it, or what nobody has chosen.
/// </param>
/// <param name="Text">What and where: <c>patch cronjobs.batch in all namespaces</c>.</param>
internal sealed record MissingRight(Right Right, IReadOnlyList<string> Verbs, bool IsUsed, string Text);

/// <summary>Which of the rights that are needed are missing?</summary>
internal sealed class NeededRights(KubernetesApi api, IReadOnlyList<Right> rights, string ownNamespace)
{
    private const int AtOnce = 8;

    /// <summary>Whose rights are listed; of any other type the server says what it is.</summary>
    private static readonly IReadOnlyList<WorkloadType> Given =
    [
        .. WorkloadType.Known,
        WorkloadType.Hook,
        WorkloadType.Node,
    ];

    private readonly ClusterAccess _access = new(api);

    /// <summary>Those of all verbs, and also those that nobody needs now.</summary>
    /// <exception cref="KubernetesException">The server refused or could not be reached.</exception>
    public Task<IReadOnlyList<MissingRight>> MissingAsync(CancellationToken cancellationToken) =>
        MissingAsync([], static (right, _) => right, cancellationToken);

    /// <param name="more">Types that are named beside those of UpsScalers and Schedules.</param>
    /// <param name="asked">As much of a right as is asked, by the types that are named; null: nothing.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <exception cref="KubernetesException">The server refused or could not be reached.</exception>
    public async Task<IReadOnlyList<MissingRight>> MissingAsync(
        IEnumerable<WorkloadType> more,
        Func<Right, IReadOnlySet<string>, Right?> asked,
        CancellationToken cancellationToken
    )
    {
        var named = (await NamedAsync(cancellationToken)).Concat(more).ToHashSet();
        List<Right> needed = [.. rights, .. OperatorRights.Webhooks];
        if (named.Contains(WorkloadType.Hook))
            needed.AddRange(OperatorRights.Hooks);
        if (named.Contains(WorkloadType.Node))
            needed.AddRange(OperatorRights.Nodes);
        foreach (var own in named.Where(type => !Given.Contains(type)))
            needed.AddRange(await _access.NeededForAsync(own, cancellationToken));
        var used = named.Select(type => type.Name).ToHashSet(StringComparer.Ordinal);
        List<MissingRight> missing = [];
        var questions = needed
            .Select(right => asked(right, used))
            .OfType<Right>()
            .Where(right => right.Verbs.Length > 0);
        foreach (var group in questions.GroupBy(right => (right.Group, right.Version)))
        {
            var served = await _access.ServedAsync(group.Key.Group, group.Key.Version, cancellationToken);
            // What is not installed needs no right.
            foreach (var right in group.Where(right => served?.Contains(right.Plural) == true))
            {
                var isUsed = right.Only is not { } only || used.Contains(only);
                if (await MissingAsync(right, isUsed, cancellationToken) is { } one)
                    missing.Add(one);
            }
        }
        // What is granted in part was chosen; endpoints are read for gates as well.
        var isChosen = OperatorRights.Webhooks.Any(right =>
            right.Plural != "endpointslices" && missing.All(one => one.Right != right)
        );
        return [.. missing.Select(one => one.Right.Without is null ? one : one with { IsUsed = isChosen })];
    }

    /// <summary>Which of those that were missing still are.</summary>
    /// <exception cref="KubernetesException">The server refused or could not be reached.</exception>
    public async Task<IReadOnlyList<MissingRight>> StillAsync(
        IReadOnlyList<MissingRight> missing,
        CancellationToken cancellationToken
    )
    {
        List<MissingRight> still = [];
        foreach (var before in missing)
            if (
                await MissingAsync(before.Right with { Verbs = [.. before.Verbs] }, before.IsUsed, cancellationToken) is
                { } one
            )
                still.Add(one);
        return still;
    }

    private async Task<MissingRight?> MissingAsync(Right right, bool isUsed, CancellationToken cancellationToken)
    {
        List<string> verbs = [];
        foreach (var some in right.Verbs.Chunk(AtOnce))
        {
            var may = await Task.WhenAll(
                some.Select(verb => _access.MayAsync(right, verb, right.Own ? ownNamespace : null, cancellationToken))
            );
            verbs.AddRange(some.Where((_, i) => !may[i]));
        }
        var where = right.Own ? $"the namespace {ownNamespace}" : "all namespaces";
        return verbs.Count == 0
            ? null
            : new MissingRight(right, verbs, isUsed, $"{string.Join(", ", verbs)} {right} in {where}");
    }

    /// <summary>Where they cannot be read that is a missing right by itself, or a missing definition.</summary>
    private async Task<IReadOnlySet<WorkloadType>> NamedAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _access.NamedTypesAsync(cancellationToken);
        }
        catch (KubernetesException refused) when (refused.Code is 403 or 404)
        {
            return new HashSet<WorkloadType>();
        }
    }
}
