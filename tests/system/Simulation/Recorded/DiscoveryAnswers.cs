using System.Text.Json.Nodes;

namespace Ebb.Tests.Simulation.Recorded;

/// <summary>
/// Discovery answers name everything that one cluster serves. They are compared entry by entry, for what both serve;
/// whether Ebb's own are among them is what <see cref="DiscoverySpecs"/> asks.
/// </summary>
internal static class DiscoveryAnswers
{
    // Lists of what is served, and what an entry of each is known by.
    private static readonly (string Kind, string List, string Key)[] Lists =
    [
        ("APIResourceList", "resources", "name"),
        ("APIGroupList", "groups", "name"),
        ("APIGroupDiscoveryList", "items", "metadata/name"),
    ];

    public static (JsonNode? A, JsonNode? B) Both(JsonNode? a, JsonNode? b)
    {
        if ((a as JsonObject)?["paths"] is JsonObject x && (b as JsonObject)?["paths"] is JsonObject y)
        {
            // The index of OpenAPI documents: each document's address ends in its hash.
            foreach (var name in x.Select(p => p.Key).Union(y.Select(p => p.Key)).ToList())
            {
                if (x[name] is null || y[name] is null)
                {
                    x.Remove(name);
                    y.Remove(name);
                }
                else
                {
                    Unhashed(x[name]!.AsObject());
                    Unhashed(y[name]!.AsObject());
                }
            }

            Assert.NotEmpty(x);
        }

        foreach (
            var (kind, list, key) in Lists.Where(l =>
                a is JsonObject o && o["kind"]?.GetValue<string>() == l.Kind && b is JsonObject
            )
        )
        {
            Shared(a![list] as JsonArray, b![list] as JsonArray, key);
            Assert.NotEmpty(a[list]!.AsArray());
            foreach (var (one, other) in a[list]!.AsArray().Zip(b[list]!.AsArray()))
            {
                foreach (var (v, w) in (one!["versions"] as JsonArray ?? []).Zip(other!["versions"] as JsonArray ?? []))
                {
                    Shared(v!["resources"] as JsonArray, w!["resources"] as JsonArray, "resource");
                    foreach (var (r, s) in (v["resources"] as JsonArray ?? []).Zip(w["resources"] as JsonArray ?? []))
                    {
                        Shared(r!["subresources"] as JsonArray, s!["subresources"] as JsonArray, "subresource");
                        if (r["subresources"] is null || s["subresources"] is null)
                        {
                            r.AsObject().Remove("subresources");
                            s.AsObject().Remove("subresources");
                        }
                    }
                }
            }
        }

        return (a, b);
    }

    private static void Shared(JsonArray? a, JsonArray? b, string key)
    {
        if (a is null || b is null)
        {
            return;
        }

        string Key(JsonNode? entry) =>
            key.Split('/').Aggregate(entry, (at, step) => at?[step])?.GetValue<string>() ?? "";
        var both = a.Select(Key).Intersect(b.Select(Key)).ToHashSet();
        foreach (var list in (JsonArray[])[a, b])
        {
            var kept = list.Where(e => both.Contains(Key(e))).OrderBy(Key, StringComparer.Ordinal).ToList();
            list.Clear();
            kept.ForEach(list.Add);
        }
    }

    private static void Unhashed(JsonObject path) =>
        path["serverRelativeURL"] = path["serverRelativeURL"]!.GetValue<string>().Split('?')[0];
}
