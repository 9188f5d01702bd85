using System.Text.Json.Nodes;
using Ebb.Simulation.Faults;

namespace Ebb.Simulation.Api;

/// <summary>Carries out the faults that come before a request is handled.</summary>
internal sealed class FaultResponses(Routes routes, TimeProvider wire)
{
    /// <summary>True: the fault was the whole answer.</summary>
    /// <exception cref="Failure">The fault is an error answer.</exception>
    public async Task<bool> Befalls(Call call, Fault fault, CancellationToken stop)
    {
        switch (fault)
        {
            case Fault.Delay silence:
                await Task.Delay(silence.For, wire, stop);
                return false;
            case Fault.Reset:
                call.Http.Abort();
                return true;
            case Fault.InvalidBody garbage:
                await call.AnswerText(200, garbage.Body);
                return true;
            case Fault.Conflict:
                throw routes.Find(call) && call.Type is not null
                    ? Failure.Conflict(call.Type, call.Name)
                    : new Failure(
                        409,
                        "Conflict",
                        "the object has been modified; please apply your changes to the latest version and try again"
                    );
            case Fault.ErrorStatus { Code: 429 } status:
                throw new Failure(
                    429,
                    "TooManyRequests",
                    status.Message ?? "Too many requests, please try again later.",
                    new JsonObject { ["retryAfterSeconds"] = status.RetryAfterSeconds ?? 1 }
                )
                {
                    RetryAfter = status.RetryAfterSeconds ?? 1,
                };
            case Fault.ErrorStatus { Code: 503 } status:
                throw new Failure(
                    503,
                    "ServiceUnavailable",
                    status.Message ?? "the server is currently unable to handle the request"
                )
                {
                    RetryAfter = status.RetryAfterSeconds,
                };
            case Fault.ErrorStatus { Code: 403 } status:
                throw new Failure(403, "Forbidden", status.Message ?? "forbidden: refused by a fault")
                {
                    RetryAfter = status.RetryAfterSeconds,
                };
            case Fault.ErrorStatus { Code: 504 } status:
                throw new Failure(
                    504,
                    "Timeout",
                    status.Message ?? "Timeout: request did not complete within requested timeout"
                )
                {
                    RetryAfter = status.RetryAfterSeconds,
                };
            case Fault.ErrorStatus status:
                throw new Failure(
                    status.Code,
                    status.Code == 500 ? "InternalError" : null,
                    status.Message ?? $"Internal error occurred: simulated failure {status.Code}"
                )
                {
                    RetryAfter = status.RetryAfterSeconds,
                };
            default:
                return false;
        }
    }
}
