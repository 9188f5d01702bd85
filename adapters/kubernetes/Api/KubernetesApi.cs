using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Ebb.Kubernetes.Connection;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Api;

/// <summary>
/// The Kubernetes API, as much of it as Ebb needs. Each call is bounded in time (<see cref="KubernetesApiOptions"/>)
/// and throws <see cref="KubernetesException"/> for a refusal or failure, <see cref="KubernetesTimeoutException"/> when
/// no answer came in time, and <see cref="OperationCanceledException"/> only for the caller's own cancellation. Safe
/// from several threads.
/// </summary>
public sealed class KubernetesApi : IDisposable
{
    internal const string MergePatch = "application/merge-patch+json";
    internal const string JsonPatch = "application/json-patch+json";
    private const int MostPages = 10_000;

    /// <summary>The meter that counts requests.</summary>
    public const string MeterName = "Ebb.Kubernetes";

    private readonly ApiTransport _transport;
    private readonly ApiRetry _retry;
    private readonly KubernetesApiOptions _options;

    /// <param name="connection">Where the server is.</param>
    /// <param name="time">All deadlines and pauses are measured with it.</param>
    /// <param name="options">Null: the defaults.</param>
    public KubernetesApi(ClusterConnection connection, TimeProvider time, KubernetesApiOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(time);
        Connection = connection;
        Time = time;
        Contact = new ApiContact(time);
        _options = options ?? new KubernetesApiOptions();
        _transport = new ApiTransport(connection, Contact, _options.ConnectTimeout);
        _retry = new ApiRetry(_transport, time, _options);
    }

    /// <summary>Where the server is.</summary>
    public ClusterConnection Connection { get; }

    /// <summary>Whether it answers.</summary>
    public ApiContact Contact { get; }

    internal TimeProvider Time { get; }

    internal Task Begin => _options.Begin;

    internal double Chance() => _options.Chance();

    /// <inheritdoc/>
    public void Dispose() => _transport.Dispose();

    /// <summary>One object. A missing one is a <see cref="KubernetesException"/> with code 404.</summary>
    public Task<T> GetAsync<T>(
        Resource<T> resource,
        string? @namespace,
        string name,
        CancellationToken cancellationToken
    )
        where T : class, IKubernetesObject
    {
        ArgumentNullException.ThrowIfNull(resource);
        return ReadAsync(new ApiRequest("get", resource.Type, @namespace, name), resource.Item, cancellationToken);
    }

    /// <summary>
    /// All objects, page by page, as of one version. When the server no longer keeps that version (410) it begins
    /// again, three times at most.
    /// </summary>
    /// <param name="resource">The kind.</param>
    /// <param name="namespace">Null: all namespaces.</param>
    /// <param name="labelSelector">As kubectl takes it; null: all.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public async Task<ObjectList<T>> ListAsync<T>(
        Resource<T> resource,
        string? @namespace,
        string? labelSelector,
        CancellationToken cancellationToken
    )
        where T : class, IKubernetesObject
    {
        ArgumentNullException.ThrowIfNull(resource);
        for (var round = 1; ; round++)
        {
            try
            {
                return await ListOnceAsync(resource, @namespace, labelSelector, cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (KubernetesException expired) when (expired.IsExpired && round < 3)
            {
                // Pages of different versions must not be put together.
            }
        }
    }

    /// <summary>
    /// What changes after <paramref name="resourceVersion"/>, until the server ends the watch; it is asked to after
    /// some minutes. An ERROR of the server is thrown; <see cref="KubernetesException.IsExpired"/>: list again.
    /// </summary>
    /// <param name="resource">The kind.</param>
    /// <param name="namespace">Null: all namespaces.</param>
    /// <param name="labelSelector">As kubectl takes it; null: all.</param>
    /// <param name="resourceVersion">The version of the list, object or bookmark that is known.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        Resource<T> resource,
        string? @namespace,
        string? labelSelector,
        string resourceVersion,
        CancellationToken cancellationToken
    )
        where T : class, IKubernetesObject
    {
        ArgumentNullException.ThrowIfNull(resource);
        return WatchAsync(resource, @namespace, labelSelector, resourceVersion, () => { }, cancellationToken);
    }

    internal async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        Resource<T> resource,
        string? @namespace,
        string? labelSelector,
        string resourceVersion,
        Action opened,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
        where T : class, IKubernetesObject
    {
        var seconds = (int)(_options.WatchFor.TotalSeconds * (1 + (_options.Chance() / 2)));
        var query =
            $"?watch=1&allowWatchBookmarks=true&timeoutSeconds={seconds.ToString(CultureInfo.InvariantCulture)}"
            + $"&resourceVersion={Uri.EscapeDataString(resourceVersion)}{Selector(labelSelector, '&')}";
        var request = new ApiRequest("watch", resource.Type, @namespace, null)
        {
            Query = query,
            Deadline = _options.ReadDeadline,
            Attempt = _options.AttemptTimeout,
        };

        // Two deadlines: a short one for the head of the answer, a long one for its end.
        using var response = await OpenAsync(request, cancellationToken).ConfigureAwait(false);
        opened();
        using var clock = new CancellationTokenSource(TimeSpan.FromSeconds(seconds) + _options.AttemptTimeout, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, clock.Token);
        var target = request.ToString();
        var lines = WatchLines
            .ReadAsync(
                await response.Content.ReadAsStreamAsync(either.Token).ConfigureAwait(false),
                target,
                resource.Item,
                either.Token
            )
            .GetAsyncEnumerator(either.Token);
        await using (lines.ConfigureAwait(false))
        {
            while (true)
            {
                var failures = Contact.Failures;
                try
                {
                    if (!await lines.MoveNextAsync().ConfigureAwait(false))
                        yield break;
                }
                catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                {
                    _transport.NoAnswer(request, "timeout");
                    throw new KubernetesTimeoutException($"cannot {target}: it did not end when it should have", null);
                }
                catch (Exception fault) when (fault is IOException or HttpRequestException)
                {
                    throw KubernetesException.NoAnswer($"cannot {target}: {ApiRetry.Words(fault)}", fault);
                }

                Contact.Answered(failures);
                yield return lines.Current;
            }
        }
    }

    /// <summary>
    /// Creates an object whose name is in its metadata. Tried again after a lost answer, so that AlreadyExists (409)
    /// may mean that an earlier try of this very call succeeded.
    /// </summary>
    /// <param name="type">The kind.</param>
    /// <param name="namespace">Where.</param>
    /// <param name="body">The whole object.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public Task<ApiAnswer> CreateAsync(
        ResourceType type,
        string? @namespace,
        JsonObject body,
        CancellationToken cancellationToken
    ) => WriteAsync(new ApiRequest("create", type, @namespace, null) { Body = Bytes(body) }, cancellationToken);

    /// <summary>The same asked only, and nothing is stored.</summary>
    internal Task<ApiAnswer> TryCreateAsync(
        ResourceType type,
        string? @namespace,
        JsonObject body,
        CancellationToken cancellationToken
    ) =>
        WriteAsync(
            new ApiRequest("create", type, @namespace, null) { Body = Bytes(body), Query = "&dryRun=All" },
            cancellationToken
        );

    internal Task<ApiAnswer> CreateAsync<T>(
        ResourceType type,
        string? @namespace,
        T body,
        JsonTypeInfo<T> shape,
        CancellationToken cancellationToken
    ) =>
        WriteAsync(
            new ApiRequest("create", type, @namespace, null)
            {
                Body = JsonSerializer.SerializeToUtf8Bytes(body, shape),
            },
            cancellationToken
        );

    /// <summary>Replaces an object; <c>metadata.resourceVersion</c> in it makes that conditional.</summary>
    public Task<ApiAnswer> ReplaceAsync(
        ResourceType type,
        string? @namespace,
        string name,
        JsonObject body,
        CancellationToken cancellationToken
    ) => WriteAsync(new ApiRequest("update", type, @namespace, name) { Body = Bytes(body) }, cancellationToken);

    /// <summary>
    /// Merges members into an object (RFC 7386); null takes a member out. <c>metadata.resourceVersion</c> and
    /// <c>metadata.uid</c> in it are conditions. Members that are not named stay as they are, known to Ebb or not.
    /// </summary>
    /// <param name="type">The kind.</param>
    /// <param name="namespace">Null for a kind without namespaces.</param>
    /// <param name="name">The object.</param>
    /// <param name="subresource"><c>scale</c>, <c>status</c>, or null for the object itself.</param>
    /// <param name="patch">The members.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <param name="strict">
    /// Whether a member that the server does not know is refused with 400 and nothing is written
    /// (fieldValidation=Strict, from Kubernetes 1.25 on; an older server drops it in silence).
    /// </param>
    public Task<ApiAnswer> PatchAsync(
        ResourceType type,
        string? @namespace,
        string name,
        string? subresource,
        JsonObject patch,
        CancellationToken cancellationToken,
        bool strict = false
    ) =>
        WriteAsync(
            new ApiRequest("patch", type, @namespace, name)
            {
                Subresource = subresource,
                Body = Bytes(patch),
                ContentType = MergePatch,
                Query = strict ? "&fieldValidation=Strict" : "",
            },
            cancellationToken
        );

    /// <summary>Applies operations in order, all or none (RFC 6902); a failing test is code 422.</summary>
    public Task<ApiAnswer> PatchAsync(
        ResourceType type,
        string? @namespace,
        string name,
        string? subresource,
        JsonArray operations,
        CancellationToken cancellationToken
    ) =>
        WriteAsync(
            new ApiRequest("patch", type, @namespace, name)
            {
                Subresource = subresource,
                Body = Bytes(operations),
                ContentType = JsonPatch,
            },
            cancellationToken
        );

    /// <summary>
    /// Deletes an object. Tried again after a lost answer, so that 404 may mean that an earlier try succeeded.
    /// </summary>
    /// <param name="type">The kind.</param>
    /// <param name="namespace">Null for a kind without namespaces.</param>
    /// <param name="name">The object.</param>
    /// <param name="resourceVersion">The version that it must have; null: any.</param>
    /// <param name="cancellationToken">The caller's.</param>
    public Task<ApiAnswer> DeleteAsync(
        ResourceType type,
        string? @namespace,
        string name,
        string? resourceVersion,
        CancellationToken cancellationToken
    )
    {
        var condition = resourceVersion is null ? null : new JsonObject { ["resourceVersion"] = resourceVersion };
        var body = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "DeleteOptions",
            ["preconditions"] = condition,
        };
        return WriteAsync(new ApiRequest("delete", type, @namespace, name) { Body = Bytes(body) }, cancellationToken);
    }

    internal Task<Scale> GetScaleAsync(
        ResourceType type,
        string @namespace,
        string name,
        CancellationToken cancellationToken
    ) =>
        ReadAsync(
            new ApiRequest("get", type, @namespace, name) { Subresource = "scale" },
            KubernetesJson.Default.Scale,
            cancellationToken
        );

    internal Task<T> ReadAsync<T>(ApiRequest request, JsonTypeInfo<T> shape, CancellationToken cancellationToken)
        where T : class =>
        _retry.SendAsync(
            request with
            {
                Deadline = request.Deadline == default ? _options.ReadDeadline : request.Deadline,
                Attempt = request.Attempt == default ? _options.AttemptTimeout : request.Attempt,
            },
            async (response, token) =>
            {
                using var body = await response.Content.ReadAsStreamAsync(token).ConfigureAwait(false);
                return await JsonSerializer.DeserializeAsync(body, shape, token).ConfigureAwait(false)
                    ?? throw new JsonException("null");
            },
            cancellationToken
        );

    private async Task<ObjectList<T>> ListOnceAsync<T>(
        Resource<T> resource,
        string? @namespace,
        string? labelSelector,
        CancellationToken cancellationToken
    )
        where T : class, IKubernetesObject
    {
        var items = new List<T>();
        string? next = null;
        for (var page = 0; page < MostPages; page++)
        {
            var query =
                $"?limit={_options.PageSize.ToString(CultureInfo.InvariantCulture)}{Selector(labelSelector, '&')}"
                + (next is null ? "" : $"&continue={Uri.EscapeDataString(next)}");
            var request = new ApiRequest("list", resource.Type, @namespace, null)
            {
                Query = query,
                Deadline = _options.ListDeadline,
                Attempt = _options.ListDeadline / 3,
            };
            var list = await ReadAsync(request, resource.List, cancellationToken).ConfigureAwait(false);
            items.AddRange(list.Items ?? []);
            next = list.Metadata?.Continue;
            if (string.IsNullOrEmpty(next))
                return list with { Items = items };
        }

        throw KubernetesException.NoAnswer($"cannot list {resource.Type}: more than {MostPages} pages", null);
    }

    private async Task<HttpResponseMessage> OpenAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        using var clock = new CancellationTokenSource(request.Attempt, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, clock.Token);
        HttpResponseMessage? response = null;
        try
        {
            response = await _transport.SendAsync(request, either.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                throw await ApiRetry.FailureAsync(request, response, either.Token).ConfigureAwait(false);
            var opened = response;
            response = null;
            return opened;
        }
        catch (OperationCanceledException fault) when (!cancellationToken.IsCancellationRequested)
        {
            _transport.NoAnswer(request, "timeout");
            throw new KubernetesTimeoutException(
                $"cannot {request}: no answer within {request.Attempt.TotalSeconds:0.#} s",
                fault
            );
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            _transport.NoAnswer(request, "error");
            throw KubernetesException.NoAnswer($"cannot {request}: {ApiRetry.Words(fault)}", fault);
        }
        finally
        {
            response?.Dispose();
        }
    }

    internal Task<ApiAnswer> WriteAsync(ApiRequest request, CancellationToken cancellationToken) =>
        _retry.SendAsync(
            request with
            {
                Query =
                    request.Verb == "delete"
                        ? ""
                        : $"?fieldManager={Core.Workloads.WellKnown.FieldManager}{request.Query}",
                Deadline = request.Deadline == default ? _options.WriteDeadline : request.Deadline,
                Attempt = request.Attempt == default ? _options.AttemptTimeout : request.Attempt,
                Patience = request.Attempt == default ? _options.WritePatience : default,
            },
            static async (response, token) =>
                new ApiAnswer(await response.Content.ReadAsByteArrayAsync(token).ConfigureAwait(false)),
            cancellationToken
        );

    private static string Selector(string? labelSelector, char before) =>
        string.IsNullOrEmpty(labelSelector) ? "" : $"{before}labelSelector={Uri.EscapeDataString(labelSelector)}";

    internal static byte[] Bytes(JsonNode body)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text))
            body.WriteTo(writer);
        return text.ToArray();
    }
}

/// <summary>What the server answered to a write: the object as it is now, or a Status.</summary>
public sealed class ApiAnswer
{
    private readonly byte[] _body;

    internal ApiAnswer(byte[] body) => _body = body;

    /// <summary>The answer as an object of the given shape.</summary>
    /// <exception cref="KubernetesException">It is not one.</exception>
    public T Read<T>(JsonTypeInfo<T> shape)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(_body, shape) ?? throw new JsonException("null");
        }
        catch (JsonException fault)
        {
            throw KubernetesException.NoAnswer("the answer to a write is not the object that was written", fault);
        }
    }
}
