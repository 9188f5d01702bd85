namespace Ebb.Kubernetes.Resources;

/// <summary>
/// Order among resourceVersions of one kind: they are decimal numbers that only grow (Kubernetes promises it from 1.35
/// on; etcd always did). Versions that are not numbers have no order.
/// </summary>
internal static class ResourceVersion
{
    /// <summary>Whether <paramref name="a"/> is newer; null when one of them is not a number.</summary>
    public static bool? IsNewer(string a, string b)
    {
        if (!IsNumber(a) || !IsNumber(b))
            return null;
        return a.Length != b.Length ? a.Length > b.Length : string.CompareOrdinal(a, b) > 0;
    }

    private static bool IsNumber(string text) =>
        text.Length > 0 && text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0 && (text.Length == 1 || text[0] != '0');
}
