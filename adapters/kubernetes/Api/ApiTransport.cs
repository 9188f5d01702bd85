using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using Ebb.Kubernetes.Connection;
using k8s.Authentication;

namespace Ebb.Kubernetes.Api;

/// <summary>
/// Sends requests over one connection with the library's credentials. A 401 is answered once with fresh credentials;
/// everything else is the caller's to judge.
/// </summary>
internal sealed class ApiTransport : IDisposable
{
    private static readonly ProductInfoHeaderValue Agent = new("ebb", ProductVersion());
    private static readonly Meter Meter = new(KubernetesApi.MeterName);

    private static readonly Counter<long> Requests = Meter.CreateCounter<long>(
        "ebb.kubernetes.requests",
        "{request}",
        "Requests to the Kubernetes API by verb and code; timeout or error when no answer came."
    );

    private readonly ClusterConnection _connection;
    private readonly ApiContact _contact;
    private readonly ApiHttpClient _http;
    private readonly ServiceClientCredentials? _credentials;
    private readonly string _address;

    public ApiTransport(ClusterConnection connection, ApiContact contact, TimeSpan connectTimeout)
    {
        (_connection, _contact) = (connection, contact);
        _address = connection.Server.ToString().TrimEnd('/');
        _http = new ApiHttpClient(connection, connectTimeout);
        _credentials = k8s.Kubernetes.CreateCredentials(connection.Configuration);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The head of the answer, whatever its code.</summary>
    /// <exception cref="HttpRequestException">No answer.</exception>
    /// <exception cref="IOException">No answer.</exception>
    /// <exception cref="KubernetesException">The credentials cannot be had.</exception>
    public async Task<HttpResponseMessage> SendAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var renewable = _connection.Configuration.TokenProvider as RenewableCredential;
        for (var refused = false; ; refused = true)
        {
            using var message = Message(request);
            if (_credentials is not null)
                await _credentials.ProcessHttpRequestAsync(message, cancellationToken).ConfigureAwait(false);
            var authorization = message.Headers.Authorization;
            var failures = _contact.Failures;
            var response = await _http
                .For(renewable?.Certificate)
                .SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
                .ConfigureAwait(false);
            _contact.Answered(failures);
            Count(request, ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture));
            if (response.StatusCode != HttpStatusCode.Unauthorized || refused)
                return response;
            response.Dispose();
            renewable?.Refuse(authorization);
        }
    }

    /// <summary>How many answers have come so far, to whatever was asked.</summary>
    public int Answers => _contact.Answers;

    /// <summary>No answer came.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="how"><c>timeout</c> or <c>error</c>.</param>
    /// <param name="isSilent">False: others were answered meanwhile.</param>
    public void NoAnswer(ApiRequest request, string how, bool isSilent = true)
    {
        if (isSilent)
            _contact.Silent();
        Count(request, how);
    }

    private HttpRequestMessage Message(ApiRequest request)
    {
        var message = new HttpRequestMessage(request.Method, new Uri(_address + request.Path));
        if (_connection.Server.Scheme == Uri.UriSchemeHttps)
        {
            message.Version = HttpVersion.Version20;
            message.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        }

        // The handler takes the name that it checks in the server's certificate from the Host header.
        if (_connection.Configuration.TlsServerName is { } name)
            message.Headers.Host = name;
        message.Headers.UserAgent.Add(Agent);
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        _connection.Impersonation?.AddTo(message.Headers);
        if (request.Body is { } body)
            message.Content = new ReadOnlyMemoryContent(body)
            {
                Headers = { ContentType = new MediaTypeHeaderValue(request.ContentType) },
            };
        return message;
    }

    private static void Count(ApiRequest request, string code) =>
        Requests.Add(1, new("verb", request.Verb), new("code", code));

    private static string ProductVersion() =>
        typeof(ApiTransport)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0]
        ?? "0";
}
