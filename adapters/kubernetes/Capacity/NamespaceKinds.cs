using System.Text.Json;
using System.Text.Json.Serialization;
using Ebb.Core.Capacity;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Capacity;

/// <summary>A ResourceQuota, as it was asked for: its status runs ahead of the pods that are seen.</summary>
internal sealed record QuotaObject : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public QuotaSpec? Spec { get; init; }
}

internal sealed record QuotaSpec(SmallDictionary? Hard, string[]? Scopes, QuotaScopes? ScopeSelector)
{
    public bool SaysTheSame(QuotaSpec? other) =>
        other is not null
        && (Hard ?? SmallDictionary.None).SequenceEqual(other.Hard ?? SmallDictionary.None)
        && (Scopes ?? []).SequenceEqual(other.Scopes ?? [])
        && (ScopeSelector?.MatchExpressions ?? [])
            .Select(one => one.Words)
            .SequenceEqual((other.ScopeSelector?.MatchExpressions ?? []).Select(one => one.Words));
}

internal sealed record QuotaScopes(QuotaScope[]? MatchExpressions);

internal sealed record QuotaScope(string? ScopeName, string? Operator, string[]? Values)
{
    public string Words => $"{ScopeName} {Operator} {string.Join('|', Values ?? [])}";
}

internal sealed record LimitRangeObject : IKubernetesObject
{
    public ObjectMeta Metadata
    {
        get => field ?? ObjectMeta.Nothing;
        init;
    }

    public LimitRangeSpec? Spec { get; init; }

    [JsonIgnore]
    public IEnumerable<LimitRangeItem> Items =>
        (Spec?.Limits ?? []).Select(item => new LimitRangeItem(Metadata.Name, item.Type ?? "")
        {
            DefaultRequest = item.DefaultRequest ?? Amounts.None,
            Default = item.Default ?? Amounts.None,
            Min = item.Min ?? Amounts.None,
            Max = item.Max ?? Amounts.None,
            HasRatio = item.MaxLimitRequestRatio is { Count: > 0 },
        });
}

internal sealed record LimitRangeSpec(LimitRangeFields[]? Limits);

internal sealed record LimitRangeFields(
    string? Type,
    [property: JsonConverter(typeof(AmountsConverter))] Amounts? DefaultRequest,
    [property: JsonConverter(typeof(AmountsConverter))] Amounts? Default,
    [property: JsonConverter(typeof(AmountsConverter))] Amounts? Min,
    [property: JsonConverter(typeof(AmountsConverter))] Amounts? Max,
    SmallDictionary? MaxLimitRequestRatio
);
