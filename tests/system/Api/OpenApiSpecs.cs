using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ebb.Tests.Harness;

namespace Ebb.Tests.Api;

/// <summary>What <c>GET /api/openapi.json</c> says is so.</summary>
public sealed class OpenApiSpecs(OpenApiSpecs.Rig rig) : IClassFixture<OpenApiSpecs.Rig>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>In the document a workload's three parts are named where the route takes all that is left.</summary>
    private static readonly Dictionary<string, string> Spelled = new()
    {
        ["GET /api/workloads/{**rest}"] = "GET /api/workloads/{namespace}/{kind}/{name}",
        ["PUT /api/workloads/{**rest}"] = "PUT /api/workloads/{namespace}/{kind}/{name}/override",
        ["DELETE /api/workloads/{**rest}"] = "DELETE /api/workloads/{namespace}/{kind}/{name}/override",
    };

    [Fact]
    public async Task Every_route_is_described_and_no_other()
    {
        var routes = (await rig.Ebb.GetAsync("/api"))["routes"]!
            .AsArray()
            .Select(r => $"{r!["method"]} {r["path"]}")
            .Where(r => r is not ("GET /" or "GET /api/dashboard" or "GET /api/openapi.json"))
            .Where(r => r.Contains("/api", StringComparison.Ordinal) || r == "GET /metrics")
            .Select(r => Spelled.GetValueOrDefault(r, r))
            .Order(StringComparer.Ordinal);
        var described = (await DocumentAsync())["paths"]!
            .AsObject()
            .SelectMany(path =>
                path.Value!.AsObject().Select(method => $"{method.Key.ToUpperInvariant()} {path.Key.TrimEnd('/')}")
            )
            .Order(StringComparer.Ordinal);
        Assert.Equal(routes, described);
    }

    [Fact]
    public async Task Every_operation_has_a_sentence_and_an_answer_and_every_reference_leads_somewhere()
    {
        var document = await DocumentAsync();
        foreach (var (path, methods) in document["paths"]!.AsObject())
        foreach (var (method, operation) in methods!.AsObject())
        {
            Assert.True(
                ((string?)operation!["summary"])?.EndsWith('.') == true,
                $"{method} {path} has no summary: {operation["summary"]}"
            );
            Assert.Contains(operation["responses"]!.AsObject(), r => r.Key[0] == '2');
        }
        var references = References(document).ToList();
        Assert.NotEmpty(references);
        foreach (var reference in references)
            Assert.NotNull(
                reference.Split('/')[1..].Aggregate((JsonNode?)document, (node, part) => node?.AsObject()[part])
            );
    }

    [Theory]
    [InlineData("/api/status")]
    [InlineData("/api/workloads")]
    [InlineData("/api/plan")]
    [InlineData("/api/overrides")]
    [InlineData("/api/journal")]
    [InlineData("/api/outages")]
    [InlineData("/api/schedules")]
    [InlineData("/api/capacity")]
    [InlineData("/api/live")]
    [InlineData("/api/history")]
    public async Task What_is_answered_has_the_shape_that_is_described(string path)
    {
        var document = await DocumentAsync();
        JsonObject? answer = null;
        await rig.Ebb.UntilAsync(
            async () => (answer = await rig.Ebb.TryGetAsync(path)) is not null,
            $"{path} is answered"
        );
        var schema = document["paths"]![path]!["get"]!["responses"]!["200"]!["content"]!["application/json"]![
            "schema"
        ]!;
        Assert.Empty(Unlike(answer, schema, document, "$").Take(5));
    }

    [LongTheory]
    [InlineData("/api/power/hold", "/api/power/{verb}", "post", HttpStatusCode.Accepted)]
    [InlineData(
        "/api/workloads/shop/deployment/mailer/override",
        "/api/workloads/{namespace}/{kind}/{name}/override",
        "put",
        HttpStatusCode.Created
    )]
    public async Task The_examples_of_bodies_are_taken(
        string path,
        string described,
        string method,
        HttpStatusCode expected
    )
    {
        var content = (await DocumentAsync())["paths"]![described]![method]!["requestBody"]!["content"]!;
        using var request = new HttpRequestMessage(HttpMethod.Parse(method), path);
        request.Content = JsonContent.Create(content["application/json"]!["example"]);
        using var answer = await rig.Ebb.Http.SendAsync(request, Stop);
        Assert.True(answer.StatusCode == expected, await answer.Content.ReadAsStringAsync(Stop));
    }

    private Task<JsonObject> DocumentAsync() => rig.Ebb.GetAsync("/api/openapi.json");

    private static IEnumerable<string> References(JsonNode? node) =>
        node switch
        {
            JsonObject one => one.SelectMany(member =>
                member is { Key: "$ref", Value: JsonValue text } ? [(string)text!] : References(member.Value)
            ),
            JsonArray many => many.SelectMany(References),
            _ => [],
        };

    /// <summary>Members that no schema speaks of, and values of another type.</summary>
    private static IEnumerable<string> Unlike(JsonNode? value, JsonNode? schema, JsonObject document, string at)
    {
        if (Target(schema, document) is not JsonObject shape)
            yield break;
        if (value is JsonObject one && shape["properties"] is JsonObject members)
        {
            foreach (var (name, member) in one)
                if (members[name] is not { } inner)
                    yield return $"{at}.{name} is not described";
                else
                    foreach (var fault in Unlike(member, inner, document, $"{at}.{name}"))
                        yield return fault;
        }
        else if (value is JsonArray many && shape["items"] is { } items)
        {
            for (var i = 0; i < many.Count; i++)
                foreach (var fault in Unlike(many[i], items, document, $"{at}[{i}]"))
                    yield return fault;
        }
        else if (value is JsonValue && shape["properties"] is not null)
            yield return $"{at}: expected an object, found {value.ToJsonString()}";
    }

    /// <summary>What a reference leads to, also where it is one of two beside null.</summary>
    private static JsonNode? Target(JsonNode? schema, JsonObject document)
    {
        for (var i = 0; i < 4 && schema is JsonObject one; i++)
        {
            if (one["oneOf"] is JsonArray choices)
                schema = choices.FirstOrDefault(choice => choice?["$ref"] is not null);
            else if ((string?)one["$ref"] is { } reference)
                schema = reference.Split('/')[1..].Aggregate((JsonNode?)document, (node, part) => node?[part]);
            else
                return schema;
        }
        return schema;
    }

    /// <summary>One process for all of them.</summary>
    public sealed class Rig : IAsyncLifetime
    {
        internal RealProcess Ebb { get; private set; } = null!;

        public async ValueTask InitializeAsync() =>
            Ebb = await RealProcess.EngineAsync(new Dictionary<string, string> { ["Simulation__Speed"] = "10" });

        public ValueTask DisposeAsync() => Ebb.DisposeAsync();
    }
}
