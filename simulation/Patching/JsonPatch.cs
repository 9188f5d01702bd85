using System.Globalization;
using System.Text.Json.Nodes;
using Ebb.Simulation.Api;
using Ebb.Simulation.Json;

namespace Ebb.Simulation.Patching;

/// <summary>
/// RFC 6902. A patch that does not apply is refused as a whole, with the real server's short message.
/// </summary>
internal static class JsonPatch
{
    public static JsonNode Apply(JsonObject tree, JsonArray patch)
    {
        JsonNode root = tree;
        foreach (var operation in patch)
        {
            var path = Steps(operation.Text("path"));
            switch (operation.Text("op"))
            {
                case "add":
                    Add(ref root, path, operation.At("value")?.DeepClone());
                    break;
                case "remove":
                    Take(root, path);
                    break;
                case "replace":
                    Find(root, path);
                    if (path.Length == 0)
                    {
                        root = operation.At("value")!.DeepClone();
                    }
                    else
                    {
                        Set(root, path, operation.At("value")?.DeepClone());
                    }

                    break;
                case "move":
                    Add(ref root, path, Take(root, Steps(operation.Text("from"))));
                    break;
                case "copy":
                    Add(ref root, path, Find(root, Steps(operation.Text("from")))?.DeepClone());
                    break;
                case "test":
                    if (!JsonNode.DeepEquals(Find(root, path), operation.At("value")))
                    {
                        throw Failure.Unprocessable();
                    }

                    break;
                default:
                    throw Failure.Unprocessable();
            }
        }

        return root;
    }

    private static string[] Steps(string? pointer)
    {
        if (pointer is null || (pointer.Length > 0 && pointer[0] != '/'))
        {
            throw Failure.Unprocessable();
        }

        return pointer.Length == 0
            ? []
            :
            [
                .. pointer[1..]
                    .Split('/')
                    .Select(s =>
                        s.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)
                    ),
            ];
    }

    private static JsonNode? Find(JsonNode? node, ReadOnlySpan<string> path)
    {
        foreach (var step in path)
        {
            node = node switch
            {
                JsonObject o when o.TryGetPropertyValue(step, out var value) => value,
                JsonArray a when Index(step, a.Count - 1) is { } i => a[i],
                _ => throw Failure.Unprocessable(),
            };
        }

        return node;
    }

    private static void Add(ref JsonNode root, string[] path, JsonNode? value)
    {
        if (path.Length == 0)
        {
            root = value ?? throw Failure.Unprocessable();
            return;
        }

        switch (Find(root, path.AsSpan()[..^1]))
        {
            case JsonObject o:
                o[path[^1]] = value;
                break;
            case JsonArray a when path[^1] == "-":
                a.Add(value);
                break;
            case JsonArray a when Index(path[^1], a.Count) is { } i:
                a.Insert(i, value);
                break;
            default:
                throw Failure.Unprocessable();
        }
    }

    private static void Set(JsonNode root, string[] path, JsonNode? value)
    {
        switch (Find(root, path.AsSpan()[..^1]))
        {
            case JsonObject o:
                o[path[^1]] = value;
                break;
            case JsonArray a:
                a[Index(path[^1], a.Count - 1)!.Value] = value;
                break;
        }
    }

    private static JsonNode? Take(JsonNode root, string[] path)
    {
        var value = Find(root, path);
        switch (path.Length == 0 ? null : Find(root, path.AsSpan()[..^1]))
        {
            case JsonObject o:
                o.Remove(path[^1]);
                break;
            case JsonArray a:
                a.RemoveAt(Index(path[^1], a.Count - 1)!.Value);
                break;
            default:
                throw Failure.Unprocessable();
        }

        return value;
    }

    private static int? Index(string step, int last) =>
        int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var i) && i <= last ? i : null;
}
