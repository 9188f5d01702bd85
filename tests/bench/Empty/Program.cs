// What an app costs that does nothing: the measure for the start of one that does.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
builder.WebHost.UseUrls(builder.Configuration["Http:Url"] ?? "http://127.0.0.1:0");
var app = builder.Build();
app.MapFallback(() => Results.Text("nothing"));
await app.RunAsync();
