using System.Net;
using Ebb.Core.Hooks;
using Ebb.Core.Ports;
using Ebb.Engine.Clocks;

namespace Ebb.Engine.Hooks;

/// <summary>Runs hooks as HTTP requests. What was sent and not answered is never sent again.</summary>
internal sealed class HttpHooks(ISecrets secrets, EngineClocks clocks) : IHookAct
{
    /// <summary>For one request, connection included.</summary>
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(15);

    public HookKind Kind => HookKind.Http;

    public bool IsRepeatable => false;

    public bool CanLook(HookSpec spec) => spec.Http?.Poll is not null;

    public async Task<HookReply> SendAsync(HookOrder order, CancellationToken cancellationToken)
    {
        var http = order.Spec.Http!;
        using var request = new HttpRequestMessage(new HttpMethod(http.Method), http.Url);
        if (http.Body is { } body)
            request.Content = HookBody.Of(body, order);
        var (answer, problem) = await AskAsync(order, request, cancellationToken);
        if (answer is null)
            return problem!;
        var said = $"{http.Method} {Shown(http.Url)} answered {(int)answer.Status}";
        if (http.Status is { } wanted ? (int)answer.Status == wanted : (int)answer.Status is >= 200 and < 300)
            return http.Poll is null
                ? new HookReply(HookStep.Done, said)
                : new HookReply(HookStep.Waiting, $"{said}; it has not done its work yet");
        // A gateway does not know what became of a request that it had passed on.
        return answer.Status is HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout
            ? new HookReply(HookStep.Unknown, said)
            : new HookReply(HookStep.Failed, $"{said}, expected {http.Status?.ToString() ?? "2xx"}");
    }

    public async Task<HookReply> LookAsync(HookOrder order, CancellationToken cancellationToken)
    {
        var poll = order.Spec.Http!.Poll!;
        using var request = new HttpRequestMessage(HttpMethod.Get, poll.Url);
        var (answer, problem) = await AskAsync(order, request, cancellationToken);
        if (answer is null)
            return problem! with { Step = HookStep.Waiting };
        var said = $"GET {Shown(poll.Url)} answered {(int)answer.Status}";
        if ((int)answer.Status is < 200 or >= 300)
            return new HookReply(HookStep.Waiting, said);
        return JsonPlace.Find(answer.Body, poll.Path) switch
        {
            null => new HookReply(HookStep.Waiting, $"{said}, and has nothing at {poll.Path}"),
            { } found when found == poll.Expected => new HookReply(HookStep.Done, $"{poll.Path} is {poll.Expected}"),
            _ => new HookReply(HookStep.Waiting, $"{said}, and {poll.Path} is not {poll.Expected} yet"),
        };
    }

    /// <summary>The answer, or what is known without one.</summary>
    private async Task<(HttpHookAnswer? Answer, HookReply? Problem)> AskAsync(
        HookOrder order,
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var (http, what) = (order.Spec.Http!, $"{request.Method} {Shown(request.RequestUri!)}");
        var (authority, header) = ((string?)null, (string?)null);
        foreach (var secret in new[] { http.Authority, http.HeaderValue })
        {
            if (secret is null)
                continue;
            var (value, problem) = await secrets.ReadAsync(
                order.Scaler.Namespace,
                secret.Name,
                secret.Key,
                cancellationToken
            );
            if (value is null)
                return (null, new HookReply(HookStep.Failed, $"{what} was not sent: {problem}"));
            (authority, header) = secret == http.Authority ? (value, header) : (authority, value.Trim());
        }
        if (header is not null && !request.Headers.TryAddWithoutValidation(http.HeaderName!, header))
            return (null, new HookReply(HookStep.Failed, $"{what} was not sent: the header cannot be set"));

        using var within = new CancellationTokenSource(AnswerWithin, clocks.Deadlines);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(within.Token, cancellationToken);
        HookConnection? connection = null;
        try
        {
            connection = new HookConnection(authority);
            return (await connection.AskAsync(request, either.Token), null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, Lost(connection, what, $"no answer within {AnswerWithin.TotalSeconds:0} s"));
        }
        catch (HttpRequestException fault)
        {
            return (null, Lost(connection, what, fault.HttpRequestError.ToString()));
        }
        catch (Exception fault) when (fault is IOException or System.Security.Cryptography.CryptographicException)
        {
            return (null, Lost(connection, what, "the answer broke off, or the authority cannot be read"));
        }
        finally
        {
            connection?.Dispose();
        }
    }

    /// <summary>What never had a connection was certainly not sent.</summary>
    private static HookReply Lost(HookConnection? connection, string what, string why) =>
        connection is { IsConnected: true }
            ? new HookReply(HookStep.Unknown, $"{what} was sent, and {why}")
            : new HookReply(HookStep.Failed, $"{what} was not sent: {why}{connection?.Refusal}");

    /// <summary>Without the query, which may hold a secret.</summary>
    private static string Shown(Uri url) => url.GetLeftPart(UriPartial.Path);
}
