using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Ebb.Kubernetes.Capacity;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Api;

/// <summary>The body of a watch: one JSON document a line, parsed without copying it.</summary>
internal static class WatchLines
{
    // etcd keeps no object above 1.5 MiB; a line far longer is not from an API server.
    private const long LongestLine = 16 << 20;

    /// <exception cref="KubernetesException">
    /// The server ended it with an ERROR, or a line is not one of a watch, or the last one is cut.
    /// </exception>
    public static async IAsyncEnumerable<WatchEvent<T>> ReadAsync<T>(
        Stream body,
        string target,
        JsonTypeInfo<T> shape,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
        where T : class, IKubernetesObject
    {
        var pipe = PipeReader.Create(body, new StreamPipeReaderOptions(leaveOpen: true));
        try
        {
            while (true)
            {
                var result = await pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
                var rest = result.Buffer;
                while (rest.PositionOf((byte)'\n') is { } end)
                {
                    var line = rest.Slice(0, end);
                    rest = rest.Slice(rest.GetPosition(1, end));
                    if (!IsBlank(line))
                        yield return Parse(line, target, shape);
                }

                if (rest.Length > LongestLine)
                    throw KubernetesException.NoAnswer($"cannot {target}: a line is longer than 16 MiB", null);
                if (result.IsCompleted)
                {
                    if (!IsBlank(rest))
                        throw KubernetesException.NoAnswer(
                            $"cannot {target}: the connection broke in the middle of a line",
                            null
                        );
                    yield break;
                }

                pipe.AdvanceTo(rest.Start, rest.End);
            }
        }
        finally
        {
            await pipe.CompleteAsync().ConfigureAwait(false);
        }
    }

    private static bool IsBlank(ReadOnlySequence<byte> line)
    {
        foreach (var part in line)
            if (part.Span.IndexOfAnyExcept(" \r\t"u8) >= 0)
                return false;
        return true;
    }

    private static WatchEvent<T> Parse<T>(ReadOnlySequence<byte> line, string target, JsonTypeInfo<T> shape)
        where T : class, IKubernetesObject
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            string? type = null;
            var place = default(Utf8JsonReader);
            var found = false;
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (isType, isObject) = (reader.ValueTextEquals("type"u8), reader.ValueTextEquals("object"u8));
                reader.Read();
                if (isType)
                    type = StringPool.Read(ref reader);
                found |= isObject;
                if (isObject)
                    place = reader;
                reader.Skip();
            }

            if (!found)
                throw new JsonException("no object");
            if (type == "ERROR")
            {
                var status = JsonSerializer.Deserialize(ref place, ApiJson.Default.ApiStatus);
                throw KubernetesException.Answered(status?.Code ?? 500, status, target);
            }

            var thing = JsonSerializer.Deserialize(ref place, shape) ?? throw new JsonException("no object");
            return new WatchEvent<T>(Known(type), thing);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw KubernetesException.NoAnswer($"cannot {target}: a line is not one of a watch", fault);
        }
    }

    private static WatchEventType Known(string? type) =>
        type switch
        {
            "ADDED" => WatchEventType.Added,
            "MODIFIED" => WatchEventType.Modified,
            "DELETED" => WatchEventType.Deleted,
            "BOOKMARK" => WatchEventType.Bookmark,
            _ => throw new JsonException("a type that is not known"),
        };
}
