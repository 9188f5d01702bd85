using System.Security.Cryptography;
using System.Text;
using Ebb.Core.Workloads;

namespace Ebb.Kubernetes.Baselines;

/// <summary>The name of a Baseline: a DNS subdomain, another one for each object.</summary>
internal static class BaselineName
{
    private const int Longest = 253;

    public static string Of(BaselineKey key)
    {
        // No namespace has a dot in its name, and no type is called like a namespace. A type that lives in no namespace
        // has no object in one called "cluster" either.
        var place = key.Namespace.Length == 0 ? "cluster" : key.Namespace;
        var text = $"{place}.{key.Type}.{key.Name}";
        return text.Length <= Longest && !text.Contains('/', StringComparison.Ordinal)
            ? text
            : $"{place}.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..40]}";
    }

    /// <summary>As <c>spec.by</c> and <c>status.heldBy</c> have it.</summary>
    public static string Word(BaselineSource source) =>
        source switch
        {
            BaselineSource.Power => "power",
            BaselineSource.Override => "override",
            BaselineSource.Schedule => "schedule",
            _ => throw new ArgumentOutOfRangeException(nameof(source), source, "unexpected value"),
        };

    /// <summary>By its word; null: it names none.</summary>
    public static BaselineSource? Source(string? word) =>
        word switch
        {
            "power" => BaselineSource.Power,
            "override" => BaselineSource.Override,
            "schedule" => BaselineSource.Schedule,
            _ => null,
        };
}
